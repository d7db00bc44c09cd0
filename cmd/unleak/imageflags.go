package main

import (
	"github.com/spf13/cobra"

	"github.com/unleak/unleak/source/image"
)

func imageFlags(c *cobra.Command, o *image.Options) {
	s := c.Flags()
	s.StringSliceVar(&o.Platforms, "platform", nil, "os/architecture of a multi-platform image; repeatable (default: all)")
	s.IntVar(&o.Archives, "archive-depth", defaultArchiveDepth, "archives within archives that are read; 0: none")
	s.BoolVar(&o.Insecure, "insecure", false, "plain HTTP, or TLS that does not verify")
	s.BoolVar(&o.NoDaemon, "no-daemon", false, "ask the registry without asking a local daemon first")
	s.StringToStringVar(&o.Mirrors, "mirror", nil, "REGISTRY=HOST: ask this host instead")
}
