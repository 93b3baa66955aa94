package app

import (
	"context"
	"log/slog"
	"net/url"
	"time"
)

// report logs what is on, what is off and why: one line each, secrets never among them. What is wrong is a warning.
func (a *App) report(ctx context.Context, withJobs bool) {
	for _, line := range a.lines(ctx, withJobs) {
		state, level := "off", slog.LevelInfo
		if line.On {
			state = "on"
		}
		if line.Wrong {
			state, level = "waiting", slog.LevelWarn
		}
		a.Log.Log(ctx, level, "started", "part", line.Name, "state", state, "detail", line.Detail)
	}
}

// mailLine asks the mail server whether it is there. When it is not, nothing is lost: mails wait.
func (a *App) mailLine(ctx context.Context) Line {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := a.Mail.Ping(ctx); err != nil {
		return Line{Name: "mail", Wrong: true, Detail: err.Error() + "; mails wait until it does"}
	}
	return Line{Name: "mail", On: true, Detail: host(a.Config.SMTPURL)}
}

// changesLine says how fast pages that wait learn of a change.
func (a *App) changesLine() Line {
	if !a.DB.CanListen() {
		return Line{Name: "changes", Detail: "looked for by who waits, because no notification passes the pooler: set DATABASE_DIRECT_URL"}
	}
	return Line{Name: "changes", On: true, Detail: "heard from the database as they happen"}
}

// placesLine says whether sessions show where they are.
func (a *App) placesLine() Line {
	line := Line{Name: "places", On: a.Places.On(), Wrong: a.Places.Reason() != "", Detail: a.Places.Kind()}
	switch {
	case line.Wrong:
		line.Detail = a.Places.Reason() + "; sessions show no place"
	case !line.On:
		line.Detail = "sessions show no place; GEOIP_DATABASE names a MaxMind database"
	}
	return line
}

func (a *App) lines(ctx context.Context, withJobs bool) []Line {
	lines := []Line{
		{Name: "web", On: a.Addr() != "", Detail: "listening on " + a.Addr() + ", public address " + a.Config.BaseURL},
		{Name: "database", On: true, Detail: host(a.Config.DatabaseURL)},
		{Name: "jobs", On: withJobs, Detail: "worked by this process"},
		a.mailLine(ctx),
		{Name: "metrics", On: a.metrics.Addr() != "", Detail: a.metrics.Addr()},
		{Name: "trusted proxies", On: len(a.Config.TrustedProxies) > 0, Detail: "X-Forwarded-For is believed from TRUSTED_PROXIES only"},
	}
	if a.Addr() == "" {
		lines[0].Detail = "this process only works jobs"
	}
	if !withJobs {
		lines[2].Detail = "run app worker beside this process"
	}
	if a.Addr() != "" {
		lines = append(lines, a.changesLine(), a.placesLine())
	}
	for _, m := range a.modules {
		if m.Report != nil {
			lines = append(lines, m.Report(ctx)...)
		}
	}
	return lines
}

// host is the part of a URL that is no secret.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host + u.Path
}
