package postgres

import (
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
)

// speakIDs lets a connection write and read uuid.UUID as its sixteen bytes. pgx alone takes such an id for something that speaks to
// database/sql: it prints it, finds that a text is no binary uuid, and prints it again. A statement of ours has a dozen.
func speakIDs(types *pgtype.Map) {
	known, found := types.TypeForOID(pgtype.UUIDOID)
	if !found {
		return
	}
	if _, done := known.Codec.(idCodec); done {
		return
	}
	id := &pgtype.Type{Name: known.Name, OID: known.OID, Codec: idCodec{}}
	types.RegisterType(id)
	types.RegisterType(&pgtype.Type{Name: "_uuid", OID: pgtype.UUIDArrayOID, Codec: &pgtype.ArrayCodec{ElementType: id}})
}

// idCodec is pgx's codec, and knows uuid.UUID as well.
type idCodec struct{ pgtype.UUIDCodec }

// PlanEncode says how a value goes to the server.
func (c idCodec) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if format == pgtype.BinaryFormatCode {
		switch value.(type) {
		case uuid.UUID:
			return encodeID{}
		case *uuid.UUID:
			return encodeIDIfAny{}
		}
	}
	return c.UUIDCodec.PlanEncode(m, oid, format, value)
}

// PlanScan says how a value comes from the server.
func (c idCodec) PlanScan(m *pgtype.Map, oid uint32, format int16, target any) pgtype.ScanPlan {
	if _, ours := target.(*uuid.UUID); ours && format == pgtype.BinaryFormatCode {
		return scanID{}
	}
	return c.UUIDCodec.PlanScan(m, oid, format, target)
}

type encodeID struct{}

// Encode appends the id's bytes.
func (encodeID) Encode(value any, buf []byte) ([]byte, error) {
	id := value.(uuid.UUID)
	return append(buf, id[:]...), nil
}

type encodeIDIfAny struct{}

// Encode appends the bytes of an id that may be missing; pgx itself has dealt with nil.
func (encodeIDIfAny) Encode(value any, buf []byte) ([]byte, error) {
	id := value.(*uuid.UUID)
	return append(buf, id[:]...), nil
}

type scanID struct{}

// Scan reads an id; NULL is the zero id, as with database/sql.
func (scanID) Scan(src []byte, target any) error {
	id := target.(*uuid.UUID)
	if src == nil {
		*id = uuid.Nil
		return nil
	}
	if len(src) != len(id) {
		return fmt.Errorf("read id: %d bytes instead of %d", len(src), len(id))
	}
	copy(id[:], src)
	return nil
}
