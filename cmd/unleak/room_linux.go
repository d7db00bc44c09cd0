package main

import (
	"runtime"
	"syscall"
)

// firstRoom is how much of the heap is asked to lie in huge pages: more than most scans take.
const firstRoom = 64 << 20

// makeRoom asks the kernel to back the first of the heap with huge pages where it does so for those who ask (Linux,
// Documentation/admin-guide/mm/transhuge.rst: "madvise"). What a scan touches for the first time costs a fault for each
// 2 MB then, and not for each 4 KB. What is never touched is never taken.
func makeRoom() {
	_ = syscall.Madvise(make([]byte, firstRoom), syscall.MADV_HUGEPAGE) // a kernel without goes on as ever
	runtime.GC()                                                        // the room is the heap's from here on
}
