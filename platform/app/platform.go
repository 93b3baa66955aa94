package app

import (
	"context"
	"log/slog"
	"runtime"
	"time"

	"saaskit/platform/config"
	"saaskit/platform/db"
	"saaskit/platform/jobs"
	"saaskit/platform/limit"
	"saaskit/platform/mail"
	"saaskit/platform/onetime"
	"saaskit/platform/password"
	"saaskit/platform/place"
	"saaskit/platform/plan"
	"saaskit/platform/secret"
	"saaskit/platform/session"
	"saaskit/platform/token"
)

// Platform is what modules are made of: every service that knows no feature.
type Platform struct {
	Config    config.Config
	Log       *slog.Logger
	Now       func() time.Time
	Secret    secret.Root
	DB        *db.DB
	Tokens    *token.Service
	Sessions  *session.Service
	Changes   *session.Changes
	OneTime   *onetime.Service
	Passwords *password.Hasher
	Limits    *limit.Limiter
	Plans     *plan.Service
	Queue     *jobs.Queue
	Mail      *mail.Mailer
	Places    *place.Places
}

// mostWaiting bounds the requests that wait for a change: half of the connections that the server takes.
const mostWaiting = 8192

// Roles are the passwords of the database roles: those configured, else those derived from SECRET_KEY.
func Roles(cfg config.Config) db.Roles {
	or := func(configured, label string) string {
		if configured != "" {
			return configured
		}
		return cfg.SecretKey.Password(label)
	}
	return db.Roles{
		App:     or(cfg.AppPassword, "db/app"),
		System:  or(cfg.SystemPassword, "db/system"),
		Migrate: or(cfg.MigratePassword, "db/migrate"),
	}
}

// Open connects to the database and builds the services. The error is one line that says what to do.
func Open(ctx context.Context, cfg config.Config, plans *plan.Service, log *slog.Logger) (*Platform, error) {
	roles := Roles(cfg)
	database, err := db.Open(ctx, db.Config{
		URL: cfg.DatabaseURL, DirectURL: cfg.DirectURL,
		AppPassword: roles.App, SystemPassword: roles.System,
		Pooler: cfg.Pooler == "transaction", AppConns: cfg.AppConns, SystemConns: cfg.SystemConns,
		MaxWait: cfg.MaxWait, Log: log,
	})
	if err != nil {
		return nil, err
	}
	return assemble(cfg, plans, database, log), nil
}

// Describe builds services that reach no database, for the commands that only read what the modules declare.
func Describe(plans *plan.Service) *Platform {
	return assemble(config.Config{BaseURL: "http://localhost:8080", SMTPURL: "smtp://localhost:1025"}, plans, nil, slog.New(slog.DiscardHandler))
}

func assemble(cfg config.Config, plans *plan.Service, database *db.DB, log *slog.Logger) *Platform {
	queue := jobs.NewQueue(database)
	return &Platform{
		Config: cfg, Log: log, Now: time.Now, Secret: cfg.SecretKey, DB: database, Plans: plans, Queue: queue,
		Tokens:    token.New(database, cfg.SecretKey, cfg.BaseURL, time.Now),
		Sessions:  session.New(database, cfg.SecretKey, time.Now),
		Changes:   session.NewChanges(mostWaiting),
		OneTime:   onetime.New(database, cfg.SecretKey, time.Now),
		Passwords: password.NewHasher(runtime.GOMAXPROCS(0)),
		Limits:    limit.New(database),
		Mail:      mail.New(queue, cfg.SecretKey, mail.Config{SMTPURL: cfg.SMTPURL, From: cfg.MailFrom, Brand: Brand}),
		Places:    place.Open(cfg.GeoIPDatabase),
	}
}

// Brand is the product's name in mails and in the API document. A fork changes it here and in web/src/brand.ts.
const Brand = "SaaSKit"

// Close ends the database connections and gives files back.
func (p *Platform) Close() {
	if err := p.Places.Close(); err != nil {
		p.Log.Error("close the database of places", "error", err)
	}
	if p.DB == nil {
		return
	}
	if err := p.DB.Close(); err != nil {
		p.Log.Error("close the database connections", "error", err)
	}
}
