"""A run of 100,000 photos: does anything grow or slow down?"""
