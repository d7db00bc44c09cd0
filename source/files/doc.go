// Package files scans files and folders of this machine, and standard input.
//
// A folder is walked by all workers at once: each takes a folder or a run of files off a common stack, so that reading
// names, reading content and scanning overlap without a goroutine a file. What is found does not depend on who took
// what. Every file is read once, whichever targets and links lead to it: a target within another target belongs to the
// inner one, and a followed link to something that is scanned anyway leads nowhere.
//
// Paths are relative to the target where it is the only one and a folder; among several targets they start with the
// target as it was given. Start with New.
package files
