package db_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
)

// The abuses here try to reach another tenant.

func (a *abuse) rawSet(ctx context.Context, other uuid.UUID) error {
	for _, sql := range []string{"SET app.tenant_id = '%s'", " /* a /* b */ */ -- c\n set local app.tenant_id = '%s'", "DO $$ BEGIN SET app.tenant_id = '%s'; END $$"} {
		raw := fmt.Sprintf(sql, other)
		err := a.db.One(ctx, func(tx *db.Tx) error { return tx.Exec(raw).Error })
		if err := want(err, db.ErrStatement); err != nil {
			return err
		}
		if err := want(a.db.Tenant(ctx, func(tx *db.Tx) error { return tx.Exec(raw).Error }), db.ErrStatement); err != nil {
			return err
		}
	}
	return nil
}

// poison leaves settings on the session, past the driver.
func (a *abuse) poison(ctx context.Context, other uuid.UUID) error {
	return a.past(ctx, fmt.Sprintf("SET app.tenant_id = '%s'", other), "SET app.entered = '1'")
}

// forgetsStatements takes away from the session what the driver has prepared on it.
func (a *abuse) forgetsStatements(ctx context.Context, _ uuid.UUID) error {
	return a.past(ctx, "DEALLOCATE ALL")
}

// past sends statements that do not pass the driver, in a transaction that is committed.
func (a *abuse) past(ctx context.Context, statements ...string) error {
	return a.db.Tenant(ctx, func(tx *db.Tx) error { return a.raw(ctx, tx, statements...) })
}

func (a *abuse) raw(ctx context.Context, tx *db.Tx, statements ...string) error {
	raw, err := tx.RiverTx(ctx)
	for _, sql := range statements {
		if err == nil {
			_, err = raw.Exec(ctx, sql)
		}
	}
	return err
}

func (a *abuse) crossContext(ctx context.Context, other uuid.UUID) error {
	return want(a.db.Tenant(ctx, func(tx *db.Tx) error {
		return tx.WithContext(dbtest.As(other)).Create(never()).Error
	}), db.ErrTenantMismatch)
}

func (a *abuse) injects(ctx context.Context, other uuid.UUID) error {
	var titles []string
	err := a.db.One(ctx, func(tx *db.Tx) error {
		return tx.Raw("SELECT title FROM test_notes WHERE (SELECT set_config('app.tenant_id', ?, true)) IS NOT NULL", other.String()).Scan(&titles).Error
	})
	if err == nil || len(titles) > 0 {
		return fmt.Errorf("set_config: error %w, %d rows", err, len(titles))
	}
	return nil
}

func (a *abuse) entersTwice(ctx context.Context, other uuid.UUID) error {
	var titles []string
	steal := func(tx *db.Tx) error {
		return tx.Raw("SELECT title FROM test_notes, LATERAL sec.enter(?)", other).Scan(&titles).Error
	}
	if err := a.db.One(ctx, steal); err == nil || len(titles) > 0 {
		return fmt.Errorf("sec.enter in One: error %w, %d rows", err, len(titles))
	}
	if err := a.db.Tenant(ctx, steal); err == nil || len(titles) > 0 {
		return fmt.Errorf("sec.enter in Tenant: error %w, %d rows", err, len(titles))
	}
	return nil
}

func (a *abuse) nested(ctx context.Context, _ uuid.UUID) error {
	return want(a.db.Tenant(ctx, func(tx *db.Tx) error {
		err := tx.Transaction(func(inner *gorm.DB) error { return inner.Exec("SELECT 1 / 0").Error })
		if err == nil {
			return errors.New("the nested error was lost")
		}
		return errors.Join(tx.Create(never()).Error, errStop)
	}), errStop)
}

func (a *abuse) endsTransaction(ctx context.Context, _ uuid.UUID) error {
	for _, sql := range []string{"COMMIT", "ROLLBACK", "END", "ABORT", "BEGIN", "DISCARD ALL", "RESET ALL", "PREPARE TRANSACTION 'x'"} {
		if err := want(a.db.Tenant(ctx, func(tx *db.Tx) error { return tx.Exec(sql).Error }), db.ErrStatement); err != nil {
			return err
		}
	}
	// Past the driver, the transaction can be ended; then nothing runs in it any more.
	for _, swallow := range []bool{true, false} {
		err := want(a.db.Tenant(ctx, func(tx *db.Tx) error {
			if err := a.raw(ctx, tx, "ROLLBACK"); err != nil {
				return err
			}
			if err := tx.Create(never()).Error; !swallow {
				return err
			}
			return nil
		}), db.ErrTxFailed)
		if err != nil {
			return err
		}
	}
	return nil
}
