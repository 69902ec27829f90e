"""Pictures to look at: avatars from all sides, faces, poses, stages, shots. Made by scripts, never committed."""
