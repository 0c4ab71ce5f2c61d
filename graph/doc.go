// Package graph is the phones' door: GraphQL over HTTP and over a websocket. A resolver translates and calls once: reads go
// straight to the record, wishes to the desk. Who may ask stands on the field (@role); which rows, in the record's SQL.
//
//	http.Handle("/graphql", graph.New(graph.Config{DB: db, Desk: d, Hub: hub, SignIn: signIns.SignIn, Clock: time.Now}))
package graph

//go:generate go tool gqlgen generate
