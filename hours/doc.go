// Package hours knows time as the business counts it: days, times of day, windows, opening
// hours and zones. It reads no clock; whoever asks brings the moment.
//
//	open := hours.Every(9*60, 18*60, time.Monday, time.Tuesday).On(day, zone)
package hours
