"""The bench: synthetic cases by the hundred thousand, and pages and moves as ratios to their floors."""
