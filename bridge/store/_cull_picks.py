"""What a person says of a photo of a culling run, as a part of other questions."""

YOURS = """(SELECT p.pick FROM cull_picks p JOIN cull_decisions d ON d.id = p.decision
WHERE p.item = c.item AND p.picture = c.picture AND d.undone IS NULL ORDER BY p.decision DESC LIMIT 1)"""
"""For the photo of the row ``c`` of culls: 1, -1 or 0; NULL where the person says nothing, or of another picture."""
