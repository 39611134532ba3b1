"""What the user writes: project.toml and specs, read, checked, fingerprinted and ordered."""
