package db

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// changesChannel is where sec.tell names who or what has changed.
const changesChannel = "saaskit_changes"

const (
	listenAsk   = 5 * time.Second // a connection that was silent for so long is asked whether it is still one
	listenReply = 2 * time.Second
	listenRetry = 5 * time.Second // the longest pause before a new connection
)

// CanListen reports whether Listen can hear anything: a pooler in transaction mode passes no notifications.
func (d *DB) CanListen() bool { return d.canListen }

// Listen calls heard with the id of each tenant, person or session whose rights or looks have changed, on a connection of its own, until
// ctx ends. From hearing(true) to hearing(false) nothing is missed; a lost connection is opened again. Without a way to hear it returns at once.
func (d *DB) Listen(ctx context.Context, hearing func(bool), heard func(id uuid.UUID)) {
	pause := time.Duration(0)
	for d.canListen {
		err := d.listen(ctx, func() {
			if pause > 0 {
				d.log.InfoContext(ctx, "hears of changes again")
			}
			pause = 0
			hearing(true)
		}, heard)
		hearing(false)
		if ctx.Err() != nil {
			return
		}
		if pause == 0 {
			d.log.WarnContext(ctx, "hears of no changes until the database is back", "error", err)
		}
		pause = min(2*pause+100*time.Millisecond, listenRetry)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// listen is one connection, from opening to losing it.
func (d *DB) listen(ctx context.Context, ready func(), heard func(uuid.UUID)) error {
	config := d.direct.Copy()
	config.RuntimeParams["application_name"] += " listen"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect to listen: %w", err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), listenReply)
		defer cancel()
		_ = conn.Close(ctx)
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+changesChannel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	ready()
	for {
		told, err := next(ctx, conn)
		if err != nil {
			return err
		}
		if told == nil {
			continue
		}
		if id, err := uuid.Parse(told.Payload); err == nil {
			heard(id)
		}
	}
}

// next waits for a notification. Nil without an error means that there was none for a while and that the server is still there.
func next(ctx context.Context, conn *pgx.Conn) (*pgconn.Notification, error) {
	quiet, cancel := context.WithTimeout(ctx, listenAsk)
	defer cancel()
	told, err := conn.WaitForNotification(quiet)
	if err == nil {
		return told, nil
	}
	if ctx.Err() != nil || quiet.Err() == nil {
		return nil, fmt.Errorf("wait for a change: %w", err)
	}
	reply, cancel := context.WithTimeout(ctx, listenReply)
	defer cancel()
	if err := conn.Ping(reply); err != nil {
		return nil, fmt.Errorf("the connection that listens is dead: %w", err)
	}
	return nil, nil //nolint:nilnil // as the comment says
}
