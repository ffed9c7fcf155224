package io.github.klaviyoexport.internal.api;

/** A list of an account: its id and its name. */
public record ListInfo(String id, String name) {}
