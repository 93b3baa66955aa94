package observe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/uuid"

	"saaskit/platform/access"
	"saaskit/platform/observe"
)

// L3: whatever is logged stays one record on one line.
func TestL3_LogRecordsStayWhole(t *testing.T) {
	t.Parallel()
	actor := access.Actor{Kind: access.User, ID: uuid.New(), Tenant: uuid.New(), Role: access.Owner}
	nasty := "a\r\nlevel=ERROR msg=forged\x1b[31m\",\"level\":\"FORGED\u2028"
	for _, asJSON := range []bool{true, false} {
		out := &bytes.Buffer{}
		ctx := access.WithOrigin(access.With(context.Background(), actor), access.Origin{RequestID: nasty})
		observe.NewLogger(out, asJSON, slog.LevelInfo).With("a", nasty).ErrorContext(ctx, nasty, nasty, nasty, "error", errors.New(nasty))
		line := strings.TrimSuffix(out.String(), "\n")
		if strings.ContainsAny(line, "\r\n\x1b") {
			t.Errorf("json %v: control characters in %q", asJSON, line)
		}
		if !asJSON {
			continue
		}
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if record["level"] != "ERROR" || record["request_id"] != nasty || !strings.HasSuffix(fmt.Sprint(record["time"]), "Z") {
			t.Errorf("record %v", record)
		}
		if record["actor_id"] != actor.ID.String() || record["tenant_id"] != actor.Tenant.String() || record["actor_kind"] != "user" {
			t.Errorf("the record does not say who acted: %v", record)
		}
	}
}

func TestParseLevel(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "WARN": slog.LevelWarn, "error": slog.LevelError} {
		if got, err := observe.ParseLevel(text); err != nil || got != want {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
	if _, err := observe.ParseLevel("loud"); err == nil {
		t.Error("loud is a level")
	}
}
