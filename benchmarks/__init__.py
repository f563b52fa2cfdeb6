"""What `script/bench` measures."""
