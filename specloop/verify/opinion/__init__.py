"""PURE. A second opinion on example rows: planned, and judged, in the process that is trusted."""
