"""What goes over the wire: real servers on this machine, every byte of which a test decides."""
