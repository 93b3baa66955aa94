package billing

import (
	"context"
	"time"

	"github.com/google/uuid"

	"saaskit/platform/db"
	"saaskit/platform/fault"
	"saaskit/platform/plan"
)

type usageInput struct {
	Days int `query:"days" minimum:"1" maximum:"92" default:"30" doc:"How many days to show, today among them"`
}

type tenantUsageInput struct {
	ID   uuid.UUID `path:"id"`
	Days int       `query:"days" minimum:"1" maximum:"92" default:"30" doc:"How many days to show, today among them"`
}

// UsageReport is how much of each meter a tenant used.
type UsageReport struct {
	Items []MeterUsage `json:"items"`
}

// MeterUsage is how much of one meter was used. Days and months are of UTC.
type MeterUsage struct {
	Key      plan.Key   `json:"key" example:"api.calls"`
	Label    string     `json:"label" example:"API calls"`
	Unit     string     `json:"unit" example:"call"`
	Used     int64      `json:"used" doc:"In this month"`
	Included int64      `json:"included" doc:"Units of each month that are in the plan's price"`
	Limit    int64      `json:"limit" doc:"The most that the plan allows in a month; -1 is unlimited"`
	Resets   time.Time  `json:"resets" doc:"When the next month begins"`
	Days     []DayUsage `json:"days" doc:"Oldest first, also days without any use"`
}

// DayUsage is how much was used on one day.
type DayUsage struct {
	Day      string `json:"day" format:"date" example:"2026-11-22"`
	Quantity int64  `json:"quantity"`
}

var errNoTenant = fault.New(fault.NotFound, "not_found", "There is no such workspace.")

func (s *service) usage(ctx context.Context, in *usageInput) (*UsageReport, error) {
	var found []plan.MeterUse
	err := s.DB.One(ctx, func(tx *db.Tx) (err error) {
		found, err = s.Plans.Used(ctx, tx, in.Days)
		return err
	})
	return s.usageReport(found), err
}

func (s *service) tenantUsage(ctx context.Context, in *tenantUsageInput) (*UsageReport, error) {
	var found []plan.MeterUse
	err := s.DB.System(ctx, "show an operator what a tenant used", func(tx *db.SystemTx) error {
		var known bool
		err := tx.Raw("SELECT EXISTS (SELECT FROM tenants WHERE id = ?)", in.ID).Scan(&known).Error
		if err != nil {
			return err
		}
		if !known {
			return errNoTenant
		}
		found, err = s.Plans.UsedBy(ctx, tx, in.ID, in.Days)
		return err
	})
	return s.usageReport(found), err
}

func (s *service) usageReport(found []plan.MeterUse) *UsageReport {
	out := &UsageReport{Items: make([]MeterUsage, len(found))}
	for i, use := range found {
		e := s.Plans.Entitlement(use.Key)
		item := MeterUsage{
			Key: use.Key, Label: e.Label, Unit: e.Unit, Used: use.Used, Included: use.Included, Limit: use.Limit, Resets: use.Resets,
			Days: make([]DayUsage, len(use.Days)),
		}
		for at, day := range use.Days {
			item.Days[at] = DayUsage{Day: day.Day.Format(time.DateOnly), Quantity: day.Quantity}
		}
		out.Items[i] = item
	}
	return out
}
