package jobs_test

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"saaskit/platform/db"
	"saaskit/platform/db/dbtest"
	"saaskit/platform/jobs"
)

// The variable that makes this test binary a worker, with the database's URL.
const childVariable = "JOBS_TEST_CHILD_DATABASE"

// TestChild is the worker that the test below kills. It does nothing by itself.
func TestChild(t *testing.T) {
	address := os.Getenv(childVariable)
	if address == "" {
		return
	}
	parent := dbtest.At(t, address)
	f := fixture{Database: parent, db: parent.Open(t)}
	var r jobs.Registry
	jobs.Handle(&r, func(ctx context.Context, _ note) error {
		if err := f.effect(ctx); err != nil {
			return err
		}
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	})
	w, err := jobs.NewWorker(f.db, &r, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-t.Context().Done()
}

// effect happens once for each job, however often the job runs.
func (f fixture) effect(ctx context.Context) error {
	return f.db.Tenant(ctx, func(tx *db.Tx) error {
		return tx.Exec("INSERT INTO effects (key) VALUES (?) ON CONFLICT DO NOTHING", jobs.Key(ctx)).Error
	})
}

func TestQ1_Q2_JobSurvivesTheKillOfItsWorkerAndActsOnce(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.enqueue(t, f.NewTenant(t), note{"x"})

	child := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.timeout=60s")
	child.Env = append(os.Environ(), childVariable+"="+f.AdminURL)
	out, err := child.CombinedOutput()
	if status, ok := child.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("the worker was not killed: %v: %s", err, out)
	}
	if n := f.count(t, "SELECT count(*) FROM effects"); n != 1 {
		t.Fatalf("%d effects before the kill", n)
	}
	if n := f.count(t, "SELECT count(*) FROM river.river_job WHERE state = 'running'"); n != 1 {
		t.Fatal("the killed worker's job is not noted as running")
	}
	// Ninety seconds later.
	if _, err := f.admin.Exec(`UPDATE river.river_job SET attempted_at = attempted_at - interval '91 seconds';
		UPDATE river.river_leader SET expires_at = now() - interval '1 second'`); err != nil {
		t.Fatal(err)
	}
	var r jobs.Registry
	jobs.Handle(&r, func(ctx context.Context, _ note) error { return f.effect(ctx) })
	f.work(t, &r)
	eventually(t, "the job is done", func() bool {
		return f.count(t, "SELECT count(*) FROM river.river_job WHERE state = 'completed' AND attempt = 2") == 1
	})
	if n := f.count(t, "SELECT count(*) FROM effects"); n != 1 {
		t.Errorf("%d effects of one job", n)
	}
}
