"""How much a module's tests would notice: mutants of its code, and what tells them apart."""
