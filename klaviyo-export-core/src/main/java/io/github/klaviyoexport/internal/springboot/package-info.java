/**
 * The beans behind the auto-configuration for Spring Boot: what properties say, what exports did
 * last, and how they end with the application.
 */
@NullMarked
package io.github.klaviyoexport.internal.springboot;

import org.jspecify.annotations.NullMarked;
