"""Copies of everything held about a person, made at their wish (个人信息保护法 第四十五条)."""
