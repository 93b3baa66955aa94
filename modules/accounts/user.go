package accounts

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/fault"
)

// User is a person who can sign in.
type User struct {
	ID         uuid.UUID  `json:"id" doc:"Id of the person"`
	Email      string     `json:"email" example:"ada@example.com" doc:"Address in its canonical form"`
	Name       string     `json:"name" example:"Ada Lovelace"`
	DisabledAt *time.Time `json:"-"`
}

// ErrExists says that what was to be made is already there.
var ErrExists = fault.New(fault.Conflict, "already_exists", "That already exists.")

// credential is a stored password; its hash changes with every change of the password.
type credential struct {
	User
	PasswordHash string
	ChangedAt    time.Time // when the password was set; the epoch for none
}

// credentials is the query for people and their passwords; who has none has no hash.
func credentials(tx *db.SystemTx) *gorm.DB {
	return tx.Table("users AS u").Select(`u.id, u.email, u.name, u.disabled_at, coalesce(c.password_hash, '') AS password_hash,
		coalesce(c.changed_at, 'epoch') AS changed_at`).Joins("LEFT JOIN user_credentials c ON c.user_id = u.id")
}

// findCredential looks a person up for sign-in. The zero credential means that nobody has the address.
func findCredential(tx *db.SystemTx, email string) (credential, error) {
	var c credential
	err := credentials(tx).Where("u.email = ?", email).Limit(1).Scan(&c).Error
	return c, err
}

// credentialOf returns the person's credential; it has no hash when they have no password.
func credentialOf(tx *db.SystemTx, user uuid.UUID) (credential, error) {
	var c credential
	err := credentials(tx).Where("u.id = ?", user).Limit(1).Scan(&c).Error
	return c, err
}

// findUser returns the enabled user with the id, and whether there is one.
func findUser(tx *db.SystemTx, id uuid.UUID) (User, bool, error) {
	var u User
	err := tx.Where("id = ? AND disabled_at IS NULL", id).Take(&u).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return User{}, false, nil
	}
	return u, err == nil, err
}

// createUserTx adds a person. An address that is taken changes nothing: the user who has it comes back with ErrExists.
func createUserTx(tx *db.SystemTx, email, name, hash string) (User, error) {
	u := User{ID: db.NewID(), Email: email, Name: name}
	made := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "email"}}, DoNothing: true}).Create(&u)
	if made.Error != nil {
		return User{}, made.Error
	}
	if made.RowsAffected == 0 {
		var existing User
		if err := tx.Where("email = ?", email).Take(&existing).Error; err != nil {
			return User{}, err
		}
		return existing, ErrExists
	}
	if hash == "" {
		return u, nil
	}
	return u, setPasswordTx(tx, u.ID, hash)
}

func setPasswordTx(tx *db.SystemTx, user uuid.UUID, hash string) error {
	return tx.Exec(`INSERT INTO user_credentials (user_id, password_hash) VALUES (?, ?)
		ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash, changed_at = now()`, user, hash).Error
}

// actingAs returns a context in which the user acts, for the time before authentication has put one there.
func actingAs(ctx context.Context, u User) context.Context {
	return access.With(ctx, access.Actor{Kind: access.User, ID: u.ID, Label: u.Email})
}

// target names a person in the audit log.
func target(user uuid.UUID) string { return "user:" + user.String() }
