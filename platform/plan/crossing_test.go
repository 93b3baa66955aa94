package plan_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"saaskit/platform/db"
	"saaskit/platform/plan"
)

func TestCrossingsAreToldOnce(t *testing.T) {
	t.Parallel()
	f := setupWith(t, metered)
	var told []plan.Crossing
	f.OnCrossing(func(_ context.Context, _ *db.Tx, c plan.Crossing) error { told = append(told, c); return nil })
	steps := []struct {
		plan string
		n    int64
		want plan.Crossing
	}{
		{"free", 799, plan.Crossing{}},
		{"free", 1, plan.Crossing{Percent: 80, Used: 800, Of: 1000}},
		{"free", 1, plan.Crossing{}},
		{"free", 199, plan.Crossing{Percent: 100, Used: 1000, Of: 1000}},
		{"pro", 1, plan.Crossing{}}, // 1001 of 2000
		{"pro", 599, plan.Crossing{Percent: 80, Used: 1600, Of: 2000}},
		{"pro", 1000, plan.Crossing{Percent: 100, Used: 2600, Of: 2000}},
		{"pro", 5000, plan.Crossing{}},
		{"flat", 5000, plan.Crossing{}},
	}
	for i, step := range steps {
		told = nil
		f.set(t, step.plan)
		if err := f.record(t, step.n, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
		if err := f.record(t, step.n, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
		want := step.want
		if want.Percent == 0 {
			if len(told) != 0 {
				t.Fatalf("step %d: %+v", i, told)
			}
			continue
		}
		want.Key, want.Plan = spells, step.plan
		if len(told) != 1 || told[0] != want {
			t.Fatalf("step %d: %+v, want %+v", i, told, want)
		}
	}
}

// What is told and that it was told are one transaction.
func TestACrossingThatCannotBeToldIsNotRecorded(t *testing.T) {
	t.Parallel()
	f := setupWith(t, metered)
	broken := errors.New("broken")
	f.OnCrossing(func(context.Context, *db.Tx, plan.Crossing) error { return broken })
	if err := f.record(t, 900, ""); !errors.Is(err, broken) || f.ledger(t).month != 0 {
		t.Fatalf("%v, %+v", err, f.ledger(t))
	}
}
