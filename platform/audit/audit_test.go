package audit_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/audit"
	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
)

func TestRecordWritesActorAndOrigin(t *testing.T) {
	t.Parallel()
	data := dbtest.New(t)
	d, tenant, user := data.Open(t), data.NewTenant(t), uuid.New()
	ctx := access.With(t.Context(), access.Actor{Kind: access.User, ID: user, Label: "ann@example.com", Tenant: tenant})
	ctx = access.WithOrigin(ctx, access.Origin{RequestID: "r1", IP: "203.0.113.7", UserAgent: "test"})
	err := d.Tenant(ctx, func(tx *db.Tx) error {
		return audit.Record(ctx, tx, "member.remove", "bob", map[string]any{"role": "viewer"})
	})
	if err != nil {
		t.Fatal(err)
	}
	var page db.Page[audit.TenantEntry]
	err = d.System(ctx, "test", func(tx *db.SystemTx) (err error) {
		page, err = audit.ListFor(ctx, tx, tenant, db.PageQuery{Limit: 10})
		return err
	})
	if err != nil || len(page.Items) != 1 {
		t.Fatalf("%v, %+v", err, page)
	}
	e := page.Items[0]
	if e.ActorKind != access.User || e.ActorID == nil || *e.ActorID != user || e.ActorLabel != "ann@example.com" || e.Action != "member.remove" ||
		e.Target != "bob" || e.Detail["role"] != "viewer" || e.IP != "203.0.113.7" || e.UserAgent != "test" || e.RequestID != "r1" || e.At.IsZero() {
		t.Fatalf("%+v", e)
	}
}

func TestRecordRollsBackWithTheDeed(t *testing.T) {
	t.Parallel()
	data := dbtest.New(t)
	d, ctx := data.Open(t), dbtest.As(data.NewTenant(t))
	broken := errors.New("broken")
	err := d.Tenant(ctx, func(tx *db.Tx) error {
		if err := audit.Record(ctx, tx, "a", "b", nil); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	var n int
	if err := data.Admin(t).QueryRow("SELECT count(*) FROM audit_log").Scan(&n); err != nil || n != 0 {
		t.Fatalf("%d entries, %v", n, err)
	}
}

func TestL4_TheTenantMayOnlyAddAndRead(t *testing.T) {
	t.Parallel()
	data := dbtest.New(t)
	d, ctx := data.Open(t), dbtest.As(data.NewTenant(t))
	if err := d.Tenant(ctx, func(tx *db.Tx) error { return audit.Record(ctx, tx, "a", "b", nil) }); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"UPDATE audit_log SET action = 'c'", "DELETE FROM audit_log", "TRUNCATE audit_log", "SELECT * FROM security_log"} {
		if err := d.Tenant(ctx, func(tx *db.Tx) error { return tx.Exec(statement).Error }); err == nil {
			t.Errorf("allowed: %s", statement)
		}
	}
}

func TestListForReadsOneTenantOrAll(t *testing.T) {
	t.Parallel()
	data := dbtest.New(t)
	d, a, b := data.Open(t), data.NewTenant(t), data.NewTenant(t)
	operator := access.With(t.Context(), access.Actor{Kind: access.Operator, ID: uuid.New()})
	system := func(fn func(ctx context.Context, tx *db.SystemTx) error) {
		t.Helper()
		if err := d.System(operator, "test", func(tx *db.SystemTx) error { return fn(operator, tx) }); err != nil {
			t.Fatal(err)
		}
	}
	system(func(ctx context.Context, tx *db.SystemTx) error {
		return errors.Join(
			audit.RecordFor(ctx, tx, a, "tenant.suspend", a.String(), map[string]any{"reason": "test"}),
			audit.RecordFor(ctx, tx, b, "tenant.suspend", b.String(), nil),
			audit.RecordSecurity(ctx, tx, "operator.sign_in", "", nil),
		)
	})
	system(func(ctx context.Context, tx *db.SystemTx) error {
		one, err := audit.ListFor(ctx, tx, a, db.PageQuery{Limit: 10})
		if err != nil || len(one.Items) != 1 || one.Items[0].TenantID != a || one.Items[0].Detail["reason"] != "test" {
			t.Errorf("one tenant: %v, %+v", err, one)
		}
		all, err := audit.ListFor(ctx, tx, uuid.Nil, db.PageQuery{Limit: 1})
		if err != nil || len(all.Items) != 1 || all.Items[0].TenantID != b || all.NextCursor == "" {
			t.Errorf("all tenants: %v, %+v", err, all)
		}
		return nil
	})
	var n int
	if err := data.Admin(t).QueryRow("SELECT count(*) FROM security_log WHERE actor_kind = 'operator'").Scan(&n); err != nil || n != 1 {
		t.Fatalf("%d entries in the security log, %v", n, err)
	}
}
