package invitations

import (
	"crypto/sha256"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"saaskit/platform/access"
	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/secret"
)

// life is how long a link works.
const life = 7 * 24 * time.Hour

// Invitation asks the owner of an address to join.
type Invitation struct {
	ID        uuid.UUID `json:"id" doc:"Identifies the invitation"`
	Email     string    `json:"email" example:"ada@example.com" doc:"Who is invited"`
	Role      string    `json:"role" example:"member" doc:"owner, admin, member, viewer, or the id of a role that the workspace made"`
	RoleName  string    `json:"role_name" gorm:"-" example:"member" doc:"Name of the role"`
	InvitedBy Inviter   `json:"invited_by" gorm:"embedded" doc:"Who sent it last"`
	CreatedAt time.Time `json:"created_at"`
	SentAt    time.Time `json:"sent_at" doc:"When the last mail was sent"`
	ExpiresAt time.Time `json:"expires_at" doc:"From then on the link does not work"`
	Expired   bool      `json:"expired" gorm:"-" doc:"The link does not work any more; it can be sent again"`
}

// Inviter is who sent an invitation.
type Inviter struct {
	ID   uuid.UUID   `json:"id" gorm:"column:invited_by" doc:"The person, or the API key"`
	Kind access.Kind `json:"kind" gorm:"column:invited_by_kind" enum:"user,api_key"`
	Name string      `json:"name" gorm:"-" example:"Ada Lovelace" doc:"Empty for an API key, and for somebody who is no member any more"`
}

func inviterOf(a access.Actor) Inviter { return Inviter{ID: a.ID, Kind: a.Kind} }

const (
	// live is the condition of an invitation that somebody waits for, its link expired or not.
	live    = "accepted_at IS NULL AND revoked_at IS NULL"
	columns = "id, email, coalesce(role_id::text, role) AS role, invited_by, invited_by_kind, created_at, sent_at, expires_at"
)

// waiting is the query for the live invitations of the transaction's tenant.
func waiting(tx *db.Tx) *gorm.DB { return tx.Table("invitations").Select(columns).Where(live) }

// roleColumns are the values of role and role_id for a role that was found.
func roleColumns(key string) (role string, id *uuid.UUID) {
	if access.Role(key).Valid() {
		return key, nil
	}
	custom, err := uuid.Parse(key)
	if err != nil {
		return key, nil // refused by the table
	}
	return string(access.Custom), &custom
}

// newToken makes a link's token and what is stored of it.
func newToken() (token string, hash []byte) {
	token = secret.NewToken()
	return token, hashToken(token)
}

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

var (
	errNotFound = fault.New(fault.NotFound, "not_found", "There is no such invitation.")
	errTooMany  = fault.New(fault.Conflict, "too_many_invitations", "A workspace can have 500 invitations waiting. Revoke some first.")
	errNotYours = fault.New(fault.Forbidden, "invitation_not_yours", "This invitation is for another address. Sign in with the address it was sent to.")
	errAccount  = fault.New(fault.Conflict, "account_exists", "This address has an account. Sign in to accept the invitation.")
	errMember   = fault.New(fault.Conflict, "already_member", "You are a member of this workspace already.")
)

// target names an invitation in the audit log.
func target(id uuid.UUID) string { return "invitation:" + id.String() }
