package notes_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"saaskit/modules/apptest"
	"saaskit/platform/access"
)

// note is what a client knows of a note.
type note struct {
	ID        uuid.UUID  `json:"id"`
	Title     string     `json:"title"`
	Body      string     `json:"body"`
	Version   int64      `json:"version"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt time.Time  `json:"updated_at"`
	DeletedAt *time.Time `json:"deleted_at"`
}

type page struct {
	Items      []note `json:"items"`
	NextCursor string `json:"next_cursor"`
}

type body map[string]any

func write(t *testing.T, a *apptest.Actor, title string) (n note) {
	t.Helper()
	a.Post(t, "/notes", body{"title": title}).Status(t, 201).JSON(t, &n)
	return n
}

func read(t *testing.T, a *apptest.Actor, id uuid.UUID) (n note) {
	t.Helper()
	a.Get(t, path(id)).Status(t, 200).JSON(t, &n)
	return n
}

func list(t *testing.T, a *apptest.Actor, query string) (p page) {
	t.Helper()
	a.Get(t, "/notes"+query).Status(t, 200).JSON(t, &p)
	return p
}

func titles(p page) string {
	var all []string
	for _, n := range p.Items {
		all = append(all, n.Title)
	}
	return strings.Join(all, ",")
}

func path(id uuid.UUID) string { return "/notes/" + id.String() }

func TestANoteIsKept(t *testing.T) {
	t.Parallel()
	ann := apptest.Shared(t).Tenant(t).Actor(t, access.Member)
	created := ann.Post(t, "/notes", body{"title": "  Shopping\n", "body": "Milk 🥛\n\tbread "}).Status(t, 201)
	var n note
	created.JSON(t, &n)
	if created.Header.Get("Location") != "/api/v1"+path(n.ID) {
		t.Errorf("Location: %s", created.Header.Get("Location"))
	}
	if n.Title != "Shopping" || n.Body != "Milk 🥛\n\tbread " || n.Version != 1 || n.DeletedAt != nil || time.Since(n.CreatedAt).Abs() > time.Minute || !n.UpdatedAt.Equal(n.CreatedAt) {
		t.Errorf("created: %+v", n)
	}
	if got := read(t, ann, n.ID); got != n {
		t.Errorf("read: %+v, created: %+v", got, n)
	}
}

func TestBadInputIsNamedByField(t *testing.T) {
	t.Parallel()
	ann := apptest.Shared(t).Tenant(t).Actor(t, access.Member)
	n := write(t, ann, "fine")
	for name, c := range map[string]struct {
		field string
		body  body
	}{
		"no title":          {"body.title", body{"body": "x"}},
		"empty title":       {"body.title", body{"title": ""}},
		"only space":        {"body.title", body{"title": " \t\n\u00a0"}},
		"long title":        {"body.title", body{"title": strings.Repeat("ü", 201)}},
		"long body":         {"body.body", body{"title": "x", "body": strings.Repeat("ü", 100_001)}},
		"NUL in the title":  {"body.title", body{"title": "secret\x00value"}},
		"NUL in the body":   {"body.body", body{"title": "x", "body": "secret\x00value"}},
		"two lines":         {"body.title", body{"title": "secret\nvalue"}},
		"an escape":         {"body.title", body{"title": "secret\x1b[2Jvalue"}},
		"a line separator":  {"body.title", body{"title": "secret\u2028value"}},
		"title of a number": {"body.title", body{"title": 7}},
		"unknown field":     {"body.color", body{"title": "x", "color": "red"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, answer := range []*apptest.Response{
				ann.Post(t, "/notes", c.body),
				ann.Patch(t, path(n.ID), with(c.body, "version", 1)),
			} {
				if name == "no title" && answer.StatusCode == http.StatusOK {
					continue
				}
				problem := answer.Problem(t, 422, "invalid_input")
				if len(problem.Errors) != 1 || problem.Errors[0].Location != c.field {
					t.Errorf("want one error at %s: %s", c.field, answer.Body)
				}
				if strings.Contains(string(answer.Body), "secret") {
					t.Errorf("the value is repeated: %s", answer.Body)
				}
			}
		})
	}
}

func with(b body, key string, value any) body {
	c := body{key: value}
	for k, v := range b {
		c[k] = v
	}
	return c
}

func TestTheLongestNoteFits(t *testing.T) {
	t.Parallel()
	ann := apptest.Shared(t).Tenant(t).Actor(t, access.Member)
	var n note
	in := body{"title": strings.Repeat("𝄞", 200), "body": strings.Repeat("𝄞", 100_000)}
	ann.Post(t, "/notes", in).Status(t, 201).JSON(t, &n)
	if got := read(t, ann, n.ID); got.Title != in["title"] || got.Body != in["body"] {
		t.Errorf("%d and %d bytes came back", len(got.Title), len(got.Body))
	}
}

func TestUpdateChangesWhatIsSent(t *testing.T) {
	t.Parallel()
	ann := apptest.Shared(t).Tenant(t).Actor(t, access.Member)
	var n, changed note
	ann.Post(t, "/notes", body{"title": "Title", "body": "Body"}).Status(t, 201).JSON(t, &n)
	ann.Patch(t, path(n.ID), body{"title": " New ", "version": 1}).Status(t, 200).JSON(t, &changed)
	if changed.Title != "New" || changed.Body != "Body" || changed.Version != 2 || !changed.CreatedAt.Equal(n.CreatedAt) || changed.UpdatedAt.Before(n.UpdatedAt) {
		t.Errorf("the title: %+v", changed)
	}
	ann.Patch(t, path(n.ID), body{"body": "", "version": 2}).Status(t, 200).JSON(t, &changed)
	if changed.Title != "New" || changed.Body != "" || changed.Version != 3 {
		t.Errorf("an empty body: %+v", changed)
	}
	if got := read(t, ann, n.ID); got != changed {
		t.Errorf("read: %+v, changed: %+v", got, changed)
	}
}

func TestG5_TheSecondOfTwoTabsIsTold(t *testing.T) {
	t.Parallel()
	tenant := apptest.Shared(t).Tenant(t)
	ann, bob := tenant.Actor(t, access.Member), tenant.Actor(t, access.Member)
	n := write(t, ann, "draft")
	ann.Patch(t, path(n.ID), body{"body": "Ann's", "version": n.Version}).Status(t, 200)
	bob.Patch(t, path(n.ID), body{"body": "Bob's", "version": n.Version}).Problem(t, 409, "version_conflict")
	if got := read(t, bob, n.ID); got.Body != "Ann's" {
		t.Errorf("%+v", got)
	}
	bob.Patch(t, path(n.ID), body{"body": "Bob's"}).Problem(t, 422, "invalid_input")
}

func TestG5_OfParallelChangesOneWins(t *testing.T) {
	t.Parallel()
	ann := apptest.Shared(t).Tenant(t).Actor(t, access.Member)
	n := write(t, ann, "draft")
	var won, lost atomic.Int64
	var wait sync.WaitGroup
	for i := range 32 {
		wait.Go(func() {
			switch answer := ann.Patch(t, path(n.ID), body{"body": fmt.Sprint(i), "version": 1}); answer.StatusCode {
			case http.StatusOK:
				won.Add(1)
			case http.StatusConflict:
				lost.Add(1)
			default:
				t.Errorf("%d %s", answer.StatusCode, answer.Body)
			}
		})
	}
	wait.Wait()
	if won.Load() != 1 || lost.Load() != 31 {
		t.Errorf("%d won, %d lost", won.Load(), lost.Load())
	}
}

func TestANoteThatIsNotThere(t *testing.T) {
	t.Parallel()
	ann := apptest.Shared(t).Tenant(t).Actor(t, access.Member)
	missing := path(uuid.New())
	ann.Get(t, missing).Problem(t, 404, "not_found")
	ann.Patch(t, missing, body{"title": "x", "version": 1}).Problem(t, 404, "not_found")
	ann.Delete(t, missing).Problem(t, 404, "not_found")
	ann.Post(t, missing+"/restore", nil).Problem(t, 404, "not_found")
	ann.Get(t, "/notes/7").Problem(t, 404, "not_found")
}

func TestViewersReadOnly(t *testing.T) {
	t.Parallel()
	tenant := apptest.Shared(t).Tenant(t)
	n := write(t, tenant.Owner, "read me")
	eve := tenant.Actor(t, access.Viewer)
	if got := read(t, eve, n.ID); got.Title != "read me" {
		t.Errorf("%+v", got)
	}
	eve.Post(t, "/notes", body{"title": "x"}).Problem(t, 403, "forbidden")
	eve.Patch(t, path(n.ID), body{"title": "x", "version": 1}).Problem(t, 403, "forbidden")
	eve.Delete(t, path(n.ID)).Problem(t, 403, "forbidden")
	eve.Post(t, path(n.ID)+"/restore", nil).Problem(t, 403, "forbidden")
}
