package db

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
)

// cacheSize is how many statements a connection remembers. GORM writes another text for every length of an IN list,
// so the least recently used one makes room.
const cacheSize = 256

// statement is what is known about one SQL text on one connection.
type statement struct {
	sd      *pgconn.StatementDescription
	formats []int16 // of the result columns
	columns []string
	decode  []decoder

	newer, older *statement // in the cache's order of use
}

func newStatement(sd *pgconn.StatementDescription) *statement {
	n := len(sd.Fields)
	s := &statement{sd: sd, formats: make([]int16, n), columns: make([]string, n), decode: make([]decoder, n)}
	for i := range sd.Fields {
		s.columns[i] = sd.Fields[i].Name
		s.decode[i], s.formats[i] = decoderFor(sd.Fields[i].DataTypeOID)
	}
	return s
}

// statements is a least-recently-used cache of the statements of one connection.
type statements struct {
	byText map[string]*statement
	ends   statement // ends.older is the newest, ends.newer the oldest
}

func newStatements() *statements {
	s := &statements{byText: make(map[string]*statement)}
	s.ends.newer, s.ends.older = &s.ends, &s.ends
	return s
}

// get returns the statement for the text, or nil.
func (s *statements) get(text string) *statement {
	st := s.byText[text]
	if st != nil && s.ends.older != st {
		st.unlink()
		s.pushNewest(st)
	}
	return st
}

// put adds a statement and returns the one that had to leave for it, or nil.
func (s *statements) put(st *statement) (evicted *statement) {
	if len(s.byText) >= cacheSize {
		evicted = s.ends.newer
		evicted.unlink()
		delete(s.byText, evicted.sd.SQL)
	}
	s.byText[st.sd.SQL] = st
	s.pushNewest(st)
	return evicted
}

func (s *statements) pushNewest(st *statement) {
	st.newer, st.older = &s.ends, s.ends.older
	s.ends.older.newer = st
	s.ends.older = st
}

func (st *statement) unlink() {
	st.newer.older, st.older.newer = st.older, st.newer
	st.newer, st.older = nil, nil
}

// statement returns what is known about the text, asking the server when it is new: that costs one more trip.
func (c *conn) statement(ctx context.Context, text string) (*statement, error) {
	if st := c.cache.get(text); st != nil {
		return st, nil
	}
	if c.tenanted {
		if err := checkVerb(text); err != nil {
			return nil, err
		}
	}
	st, err := c.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	if old := c.cache.put(st); old != nil && !c.unnamed {
		// Close is allowed even in an aborted transaction; a failure means the connection is gone, which the next flush reports.
		_ = c.pg.Deallocate(ctx, old.sd.Name)
	}
	return st, nil
}

// prepare parses the text on the server. Names are never used twice on a connection: after a statement was forgotten,
// its name may still be taken on the server.
func (c *conn) prepare(ctx context.Context, text string) (*statement, error) {
	name := ""
	if !c.unnamed {
		c.prepared++
		name = "k" + strconv.Itoa(c.prepared)
	}
	sd, err := c.pg.Prepare(ctx, name, text, nil)
	if err != nil {
		return nil, err
	}
	return newStatement(sd), nil
}

// described returns st as the server has just described it: a migration may have changed the columns since it was kept.
func (c *conn) described(st *statement, fields []pgconn.FieldDescription) *statement {
	same := len(fields) == len(st.sd.Fields)
	for i := 0; same && i < len(fields); i++ {
		same = fields[i].DataTypeOID == st.sd.Fields[i].DataTypeOID && fields[i].Name == st.columns[i]
	}
	if same {
		return st
	}
	c.cache = newStatements()
	now := newStatement(&pgconn.StatementDescription{SQL: st.sd.SQL, Fields: fields})
	for i := range fields {
		if fields[i].Format != now.formats[i] {
			now.decode[i] = decodeText
		}
	}
	return now
}

// forget drops every statement that the connection remembers, as after the server has lost or changed them.
func (c *conn) forget(ctx context.Context) (err error) {
	c.cache = newStatements()
	if c.unnamed {
		c.begin, c.enter = ownStatements()
		return nil
	}
	if c.begin, err = c.prepare(ctx, beginSQL); err != nil || !c.tenanted {
		return err
	}
	c.enter, err = c.prepare(ctx, enterSQL)
	return err
}
