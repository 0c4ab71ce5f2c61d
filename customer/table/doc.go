// Package table reads the files a company already has, its customers and its reps, into values,
// and says of each row it can't take why, in Russian and English, with the line it stands on.
//
// It takes CSV (UTF-8, UTF-16 with a mark, Windows-1251; comma, semicolon or tab) and XLSX.
// A bad row is refused and the others are read; an error means that the file as a whole is no use.
// What a row refers to (a branch, a rep) stays text here: whoever knows the organization looks it up.
//
//	rows, rejected, err := table.ReadCustomers(file, "customers.csv")
package table
