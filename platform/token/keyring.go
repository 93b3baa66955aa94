package token

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"saaskit/platform/db"
	"saaskit/platform/secret"
)

const (
	// reloadAfter is how old the keys in memory may become.
	reloadAfter = 30 * time.Second
	// JWKSLife is for how long others may keep the published keys: the answer's max-age.
	JWKSLife = 5 * time.Minute
	// signsAfter is how long a new key is published before it signs: every copy of the old document has expired by then.
	signsAfter = JWKSLife + reloadAfter + skew
	// retiresAfter is how long an old key still verifies after the new one signs: until its last token has ended.
	retiresAfter = Life + reloadAfter + skew
	// loadLimit bounds one read of the keys.
	loadLimit = 5 * time.Second

	sealLabel = "token/signing-key"
	// lockID is the advisory lock under which keys are made.
	lockID = 0x73_69_67_6e_6b_65_79
)

// keyring keeps the keys of the database in memory.
type keyring struct {
	db   *db.DB
	root secret.Root
	now  func() time.Time
	log  *slog.Logger

	set     atomic.Pointer[keyset]
	loading sync.Mutex
	ignored sync.Map // ids of the keys that were complained about
}

// current returns the keys, at most reloadAfter old. When the database cannot be asked, the ones in memory go on until they retire.
func (r *keyring) current(ctx context.Context) (*keyset, error) {
	set := r.set.Load()
	if r.younger(set, reloadAfter) {
		return set, nil
	}
	// While one caller reads, the others go on with what still has every key that signs.
	if !r.loading.TryLock() {
		if r.younger(set, JWKSLife) {
			return set, nil
		}
		r.loading.Lock()
	}
	defer r.loading.Unlock()
	if set = r.set.Load(); r.younger(set, reloadAfter) {
		return set, nil
	}
	fresh, err := r.load(ctx)
	if err != nil && set == nil {
		return nil, err
	}
	if err != nil {
		r.log.WarnContext(ctx, "signing keys could not be read; the known ones stay in use", "error", err)
		kept := *set
		kept.loaded, fresh = r.now(), &kept
	}
	r.replace(set, fresh)
	return fresh, nil
}

func (r *keyring) younger(set *keyset, than time.Duration) bool {
	if set == nil {
		return false
	}
	age := r.now().Sub(set.loaded)
	return age >= 0 && age < than
}

func (r *keyring) replace(old, fresh *keyset) {
	if fresh.same(old) {
		fresh.seen = old.seen
	}
	r.set.Store(fresh)
}

// load reads the keys, and makes the first one when there is none that this secret opens.
func (r *keyring) load(ctx context.Context) (set *keyset, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadLimit) // the others wait for it too
	defer cancel()
	err = r.db.System(ctx, "read signing keys", func(tx *db.SystemTx) (err error) {
		if set, err = r.read(tx); err != nil || len(set.ordered) > 0 {
			return err
		}
		if err = r.lock(tx); err != nil {
			return err
		}
		if set, err = r.read(tx); err != nil || len(set.ordered) > 0 {
			return err
		}
		now := r.now()
		if err = r.create(tx, now, now); err != nil {
			return err
		}
		set, err = r.read(tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load signing keys: %w", err)
	}
	return set, nil
}

type row struct {
	Kid        string
	PublicKey  []byte
	PrivateKey []byte
	SignsFrom  time.Time
	RetireAt   *time.Time
}

func (r *keyring) read(tx *db.SystemTx) (*keyset, error) {
	var rows []row
	now := r.now()
	err := tx.Raw(`SELECT kid, public_key, private_key, signs_from, retire_at FROM signing_keys
		WHERE retire_at IS NULL OR retire_at > ? ORDER BY signs_from DESC, kid`, now).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read signing keys: %w", err)
	}
	var keys []*key
	for _, row := range rows {
		k, err := r.open(row)
		if err != nil {
			if _, told := r.ignored.LoadOrStore(row.Kid, true); !told {
				r.log.Warn("a signing key is ignored: was SECRET_KEY changed?", "kid", row.Kid, "error", err)
			}
			continue
		}
		keys = append(keys, k)
	}
	return newKeyset(keys, now)
}

// open accepts only a key that was sealed under our secret for this kid, so that a row put into the table by hand verifies nothing.
func (r *keyring) open(row row) (*key, error) {
	seed, err := r.root.Open(sealLabel, row.PrivateKey, []byte(row.Kid))
	if err != nil {
		return nil, fmt.Errorf("open the private key: %w", err)
	}
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("the private key has %d bytes", len(seed))
	}
	private := ed25519.NewKeyFromSeed(seed)
	public := private.Public().(ed25519.PublicKey)
	if kidOf(public) != row.Kid || !public.Equal(ed25519.PublicKey(row.PublicKey)) {
		return nil, errors.New("the public key is not that of the private one")
	}
	return &key{kid: row.Kid, public: public, private: private, signsFrom: row.SignsFrom, retireAt: row.RetireAt}, nil
}

func (r *keyring) lock(tx *db.SystemTx) error {
	if err := tx.Exec(`SELECT pg_advisory_xact_lock(?)`, lockID).Error; err != nil {
		return fmt.Errorf("lock the signing keys: %w", err)
	}
	return nil
}

// create adds a key that is made now and signs from the given time, now or later.
func (r *keyring) create(tx *db.SystemTx, now, signsFrom time.Time) error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("make a signing key: %w", err)
	}
	kid := kidOf(public)
	sealed := r.root.Seal(sealLabel, private.Seed(), []byte(kid))
	err = tx.Exec(`INSERT INTO signing_keys (kid, public_key, private_key, created_at, signs_from) VALUES (?, ?, ?, ?, ?)`,
		kid, []byte(public), sealed, now, signsFrom).Error
	if err != nil {
		return fmt.Errorf("store a signing key: %w", err)
	}
	return nil
}
