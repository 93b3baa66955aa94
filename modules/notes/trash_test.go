package notes_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

// G3: what is in the trash is neither listed nor counted, and nothing but a restore brings it back.
func TestG3_TrashAndRestore(t *testing.T) {
	t.Parallel()
	ann := apptest.Shared(t).Tenant(t).Actor(t, access.Member)
	a, b := write(t, ann, "a"), write(t, ann, "b")
	ann.Delete(t, path(b.ID)).Status(t, 204)
	ann.Delete(t, path(a.ID)).Status(t, 204)
	if live, trash := list(t, ann, ""), list(t, ann, "?trash=true"); titles(live) != "" || titles(trash) != "a,b" {
		t.Errorf("list %q, trash %q", titles(live), titles(trash))
	}
	if got := read(t, ann, a.ID); got.DeletedAt == nil || got.Version != 1 {
		t.Errorf("in the trash: %+v", got)
	}
	first := list(t, ann, "?trash=true&limit=1")
	if second := list(t, ann, "?trash=true&limit=1&cursor="+first.NextCursor); titles(first)+titles(second) != "ab" || second.NextCursor != "" {
		t.Errorf("paged trash: %+v, %+v", first, second)
	}
	ann.Delete(t, path(a.ID)).Problem(t, 404, "not_found")
	ann.Patch(t, path(a.ID), body{"title": "x", "version": 1}).Problem(t, 409, "note_in_trash")
	var restored note
	ann.Post(t, path(a.ID)+"/restore", nil).Status(t, 200).JSON(t, &restored)
	if restored != a {
		t.Errorf("restored %+v, was %+v", restored, a)
	}
	if live, trash := list(t, ann, ""), list(t, ann, "?trash=true"); titles(live) != "a" || titles(trash) != "b" {
		t.Errorf("list %q, trash %q", titles(live), titles(trash))
	}
	ann.Post(t, path(a.ID)+"/restore", nil).Problem(t, 404, "not_found")
}

const freeLimit = 10

func TestThePlanLimitsLiveNotes(t *testing.T) {
	t.Parallel()
	tenant := apptest.Shared(t).Tenant(t)
	ann := tenant.Actor(t, access.Member)
	var last note
	for range freeLimit {
		last = write(t, ann, "x")
	}
	problem := ann.Post(t, "/notes", body{"title": "one more"}).Problem(t, 402, "limit_reached")
	if problem.Detail == "" {
		t.Errorf("%+v", problem)
	}
	ann.Delete(t, path(last.ID)).Status(t, 204)
	write(t, ann, "in its place")
	ann.Post(t, path(last.ID)+"/restore", nil).Problem(t, 402, "limit_reached")
	if got := read(t, ann, last.ID); got.DeletedAt == nil {
		t.Error("a restore that was refused took the note out of the trash")
	}
	tenant.SetPlan(t, "pro")
	ann.Post(t, path(last.ID)+"/restore", nil).Status(t, 200)
	write(t, ann, "one more")
}

func TestRace_R4_CreatesNeverPassTheLimit(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	rounds := apptest.Rounds(t)
	for range rounds {
		raceToCreate(t, app)
	}
	t.Logf("race: notes of the free plan over HTTP: %d rounds, 200 at once: never over", rounds)
}

func raceToCreate(t *testing.T, app *apptest.App) {
	t.Helper()
	tenant := app.Tenant(t)
	ann := tenant.Actor(t, access.Member)
	var created, refused atomic.Int64
	var wait sync.WaitGroup
	for range 200 {
		wait.Go(func() {
			switch answer := ann.Post(t, "/notes", body{"title": "x"}); answer.StatusCode {
			case http.StatusCreated:
				created.Add(1)
			case http.StatusPaymentRequired:
				refused.Add(1)
			default:
				t.Errorf("%d %s", answer.StatusCode, answer.Body)
			}
		})
	}
	wait.Wait()
	if created.Load() != freeLimit || refused.Load() != 200-freeLimit {
		t.Errorf("%d created, %d refused", created.Load(), refused.Load())
	}
	if live, used := counts(t, app, tenant.ID); live != freeLimit || used != freeLimit {
		t.Errorf("%d notes, %d counted", live, used)
	}
}

// Deleting and restoring one note from many places at once keeps the count true.
func TestR4_ParallelTrashAndRestoreKeepTheCount(t *testing.T) {
	t.Parallel()
	app := apptest.Shared(t)
	tenant := app.Tenant(t)
	ann := tenant.Actor(t, access.Member)
	n := write(t, ann, "x")
	var wait sync.WaitGroup
	for i := range 60 {
		wait.Go(func() {
			var answer *apptest.Response
			if i%2 == 0 {
				answer = ann.Delete(t, path(n.ID))
			} else {
				answer = ann.Post(t, path(n.ID)+"/restore", nil)
			}
			switch answer.StatusCode {
			case http.StatusOK, http.StatusNoContent, http.StatusNotFound:
			default:
				t.Errorf("%d %s", answer.StatusCode, answer.Body)
			}
		})
	}
	wait.Wait()
	if live, used := counts(t, app, tenant.ID); live != used {
		t.Errorf("%d notes, %d counted", live, used)
	}
}

func counts(t *testing.T, app *apptest.App, tenant uuid.UUID) (live, used int64) {
	t.Helper()
	err := app.Admin.QueryRow(`
SELECT (SELECT count(*) FROM notes WHERE tenant_id = $1 AND deleted_at IS NULL), (SELECT sum(used) FROM plan_usage WHERE tenant_id = $1 AND key = 'notes.max')`,
		tenant).Scan(&live, &used)
	if err != nil {
		t.Fatal(err)
	}
	return live, used
}

// The purge removes what has been in the trash for 30 days, in every tenant, and nothing else.
func TestPurgeRemovesOldTrash(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	var old, young, live []uuid.UUID
	for range 3 {
		ann := app.Tenant(t).Actor(t, access.Member)
		a, b, c := write(t, ann, "old trash"), write(t, ann, "young trash"), write(t, ann, "live")
		ann.Delete(t, path(a.ID)).Status(t, 204)
		ann.Delete(t, path(b.ID)).Status(t, 204)
		old, young, live = append(old, a.ID), append(young, b.ID), append(live, c.ID)
	}
	age := func(ids []uuid.UUID, by string) {
		for _, id := range ids {
			if _, err := app.Admin.Exec("UPDATE notes SET deleted_at = now() - $1::interval WHERE id = $2", by, id); err != nil {
				t.Fatal(err)
			}
		}
	}
	// More than one transaction deletes.
	if _, err := app.Admin.Exec(`INSERT INTO notes (tenant_id, id, title, body, created_at, updated_at, deleted_at)
		SELECT tenant_id, gen_random_uuid(), 'old trash', '', now(), now(), now() - interval '31 days' FROM notes, generate_series(1, 2500) WHERE id = $1`, live[0]); err != nil {
		t.Fatal(err)
	}
	age(old, "30 days 1 minute")
	age(young, "29 days 23 hours")
	app.RunJob(t, "notes.find_old_trash")
	left := func() (n int) {
		if err := app.Admin.QueryRow("SELECT count(*) FROM notes").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	apptest.Eventually(t, 20*time.Second, func() bool { return left() == len(young)+len(live) })
	for _, id := range append(young, live...) {
		var n int
		if err := app.Admin.QueryRow("SELECT count(*) FROM notes WHERE id = $1", id).Scan(&n); err != nil || n != 1 {
			t.Errorf("note %s is gone: %v", id, err)
		}
	}
}
