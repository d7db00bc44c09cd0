// Package trend remembers scans and tells how exposure goes over time: open secrets, how long it takes to rotate one,
// how many are new a week, by team and by type.
//
// The memory is one SQLite file (package trend/sqlite) with the tables scans and secrets. It holds no value and no
// masked piece of one: ids, rules, places' paths and times. A secret is open from the first scan that reports it until
// one tells that it was revoked, rotated or silenced, or that it is gone. Start with Open, Memory.Add and Summarise.
package trend
