"""Body as numbers: quaternions, skeleton, forward kinematics, IK, springs; BVH, VRMA and GLB files."""
