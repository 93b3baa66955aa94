// Package observe shows what the process does: structured logs on one side, Prometheus metrics on an internal address on the other.
package observe

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
)

// NewLogger returns a logger that writes one record per line to w: JSON for machines, or text for a terminal.
// Times are UTC, control characters in values are escaped, and records made with a request's context carry who and where.
func NewLogger(w io.Writer, asJSON bool, level slog.Leveler) *slog.Logger {
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: utc}
	var h slog.Handler = slog.NewTextHandler(w, options)
	if asJSON {
		h = slog.NewJSONHandler(w, options)
	}
	return slog.New(contextHandler{h})
}

// ParseLevel reads debug, info, warn or error.
func ParseLevel(s string) (slog.Level, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s)); err != nil {
		return 0, fmt.Errorf("log level %q: want debug, info, warn or error", s)
	}
	return level, nil
}

func utc(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		a.Value = slog.StringValue(a.Value.Time().UTC().Format(time.RFC3339Nano))
	}
	return a
}

// contextHandler adds the request's id, tenant and actor to each record, so that no call site has to.
type contextHandler struct{ slog.Handler }

// Handle adds the attributes and passes the record on.
func (h contextHandler) Handle(ctx context.Context, r slog.Record) error {
	if id := access.OriginFrom(ctx).RequestID; id != "" {
		r.AddAttrs(slog.String("request_id", id))
	}
	r.AddAttrs(Who(access.From(ctx))...)
	return h.Handler.Handle(ctx, r)
}

// WithAttrs keeps the wrapper.
func (h contextHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return contextHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the wrapper.
func (h contextHandler) WithGroup(name string) slog.Handler {
	return contextHandler{h.Handler.WithGroup(name)}
}

// Who returns the attributes that name an actor; none for nobody.
func Who(a access.Actor) []slog.Attr {
	if a.Kind == access.Nobody {
		return nil
	}
	attrs := []slog.Attr{slog.String("actor_kind", string(a.Kind))}
	if a.ID != uuid.Nil {
		attrs = append(attrs, slog.String("actor_id", a.ID.String()))
	}
	if a.Tenant != uuid.Nil {
		attrs = append(attrs, slog.String("tenant_id", a.Tenant.String()))
	}
	return attrs
}
