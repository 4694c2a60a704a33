"""What libraries read before they would fetch or report anything: no process of ours lets them."""

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
}
"""For the environment of the daemon, and of what runs for it on the machines of a cluster."""
