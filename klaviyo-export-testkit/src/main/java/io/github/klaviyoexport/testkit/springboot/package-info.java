/**
 * A fake account in place of Klaviyo for applications of Spring Boot 3.5 and 4, in tests and on a
 * developer's machine.
 */
@NullMarked
package io.github.klaviyoexport.testkit.springboot;

import org.jspecify.annotations.NullMarked;
