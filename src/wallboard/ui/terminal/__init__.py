"""What stands between Textual and the wire: guarded input, the difference of frames, output that never blocks, and the
way out. Where Textual is not as `private` knows it, or something else hosts the app, Textual's own stands instead."""
