package db

import (
	"bytes"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

const (
	textFormat   = int16(0)
	binaryFormat = int16(1)
)

// decoder makes a database/sql value of a column's bytes, which are only valid until the next row.
type decoder func(src []byte) (driver.Value, error)

// fixed lists the types that are read in binary; everything else arrives as text.
var fixed = map[uint32]decoder{
	pgtype.BoolOID:        sized(1, func(b []byte) driver.Value { return b[0] != 0 }),
	pgtype.Int2OID:        sized(2, func(b []byte) driver.Value { return int64(int16(binary.BigEndian.Uint16(b))) }),
	pgtype.Int4OID:        sized(4, func(b []byte) driver.Value { return int64(int32(binary.BigEndian.Uint32(b))) }),
	pgtype.Int8OID:        sized(8, func(b []byte) driver.Value { return int64(binary.BigEndian.Uint64(b)) }),
	pgtype.OIDOID:         sized(4, func(b []byte) driver.Value { return int64(binary.BigEndian.Uint32(b)) }),
	pgtype.XIDOID:         sized(4, func(b []byte) driver.Value { return int64(binary.BigEndian.Uint32(b)) }),
	pgtype.Float4OID:      sized(4, func(b []byte) driver.Value { return float64(math.Float32frombits(binary.BigEndian.Uint32(b))) }),
	pgtype.Float8OID:      sized(8, func(b []byte) driver.Value { return math.Float64frombits(binary.BigEndian.Uint64(b)) }),
	pgtype.TimestampOID:   sized(8, decodeTime),
	pgtype.TimestamptzOID: sized(8, decodeTime),
	pgtype.DateOID:        sized(4, decodeDate),
	pgtype.ByteaOID:       decodeBytes,
}

func decoderFor(oid uint32) (decoder, int16) {
	if d := fixed[oid]; d != nil {
		return d, binaryFormat
	}
	if oid == pgtype.JSONOID || oid == pgtype.JSONBOID {
		return decodeBytes, textFormat
	}
	return decodeText, textFormat
}

func sized(n int, decode func([]byte) driver.Value) decoder {
	return func(src []byte) (driver.Value, error) {
		if len(src) != n {
			return nil, fmt.Errorf("db: column of %d bytes where %d were expected", len(src), n)
		}
		return decode(src), nil
	}
}

func decodeText(src []byte) (driver.Value, error)  { return string(src), nil }
func decodeBytes(src []byte) (driver.Value, error) { return bytes.Clone(src), nil }

// epoch is where Postgres starts to count: 2000-01-01, in microseconds since 1970.
const epoch = 946_684_800_000_000

func decodeTime(src []byte) driver.Value {
	switch v := int64(binary.BigEndian.Uint64(src)); v { //nolint:gosec // signed on the wire
	case math.MaxInt64:
		return "infinity"
	case math.MinInt64:
		return "-infinity"
	default:
		return time.UnixMicro(v + epoch).UTC()
	}
}

func decodeDate(src []byte) driver.Value {
	switch v := int32(binary.BigEndian.Uint32(src)); v { //nolint:gosec // signed on the wire
	case math.MaxInt32:
		return "infinity"
	case math.MinInt32:
		return "-infinity"
	default:
		return time.Date(2000, 1, 1+int(v), 0, 0, 0, 0, time.UTC)
	}
}
