package apikeys

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/access"
)

// Key is an API key as the members of its tenant see it: everything but the secret.
type Key struct {
	ID            uuid.UUID           `json:"id" doc:"Identifies the key"`
	Name          string              `json:"name" example:"Nightly import"`
	Prefix        string              `json:"prefix" example:"saaskit_3xK9" doc:"How the key begins"`
	Scopes        []access.Permission `json:"scopes" gorm:"-" example:"[\"notes:read\"]" doc:"What the key may do, as far as its creator still may"`
	CreatedBy     Creator             `json:"created_by" gorm:"embedded;embeddedPrefix:created_by_"`
	CreatedAt     time.Time           `json:"created_at"`
	ExpiresAt     *time.Time          `json:"expires_at,omitempty" doc:"When the key stops to work; absent: never"`
	LastUsedAt    *time.Time          `json:"last_used_at,omitempty" doc:"When the key was last used, to the minute; absent: never"`
	RevokedAt     *time.Time          `json:"revoked_at,omitempty" doc:"When the key was revoked; absent: it was not"`
	RevokedReason string              `json:"revoked_reason" enum:",revoked,creator_left" doc:"creator_left: its creator is no longer a member"`

	ScopeList string `json:"-"`
}

// Creator is who made a key.
type Creator struct {
	ID   uuid.UUID `json:"id" doc:"The person"`
	Name string    `json:"name" gorm:"-" example:"Ada Lovelace" doc:"Empty for somebody who is no longer a member"`
}

// keyColumns are a Key's. No query of the application reads the hash: its role may not.
const keyColumns = `k.id, k.name, k.prefix, array_to_string(k.scopes, ' ') AS scope_list, k.created_by AS created_by_id, k.created_at, k.expires_at,
	k.last_used_at, k.revoked_at, k.revoked_reason`

// working is the condition of a key that is neither revoked nor expired.
const working = "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())"

// target names a key in the audit log.
func (k *Key) target() string { return "api_key:" + k.ID.String() }

// permissions reads a list of permissions that is separated by spaces.
func permissions(list string) []access.Permission {
	var out []access.Permission
	for p := range strings.FieldsSeq(list) {
		out = append(out, access.Permission(p))
	}
	return out
}
