package db

import "database/sql"

// Stats is the state of the connection pools, by role: "app" and "system".
func (d *DB) Stats() map[string]sql.DBStats {
	return map[string]sql.DBStats{"app": d.app.Stats(), "system": d.system.Stats()}
}
