"""Agreements, contact persons, forums, support material, surveys, funding. Knows no pupil and no referral."""
