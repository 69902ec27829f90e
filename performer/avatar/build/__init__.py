"""An idol made by code: from a preset to a VRM 1.0 file, from parts (body, face, hair, outfit) that share one seam."""
