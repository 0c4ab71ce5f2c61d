// Package scalar carries the schema's scalars between Go and the wire. What it refuses, it refuses with a
// sentence for people; coercion is strict: a number is no string and a string no number.
package scalar
