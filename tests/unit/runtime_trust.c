/* Signatures over packs, minisign's key files, and what the ring refuses. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "../../runtime/minisign.h"
#include "../../runtime/trust.h"

/* Made by minisign 0.11: minisign -G -W. */
static const char stock_secret[] =
	"untrusted comment: minisign encrypted secret key\n"
	"RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAZ3pq/iOTOxJE/rdqK2HIvluQfNN1Uwx01fFWOvS1"
	"Asrnchp1aoYutsj62BptN03s9od6Qt3/VnMl4jZGUf0LZtmMIj8Ae2gtAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
static const char stock_public[] =
	"untrusted comment: minisign public key 123B9323FE6A7A67\n"
	"RWRnemr+I5M7Esj62BptN03s9od6Qt3/VnMl4jZGUf0LZtmMIj8Ae2gt\n";

struct fixture {
	struct secret_key secret;
	struct keyring ring;
	struct signed_pack pack;
	char text[TRUST_TEXT_SIZE], why[TRUST_WHY_SIZE];
	size_t size;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct public_key public_key;

	assert_true(sodium_init() >= 0);
	assert_int_equal(secret_key_parse(&f->secret, stock_secret, strlen(stock_secret), NULL), 0);
	secret_key_public(&f->secret, &public_key);
	assert_int_equal(keyring_add(&f->ring, &public_key), 0);
	f->pack = (struct signed_pack){"header and body", 15, "linux", 1795373485};
	f->size = trust_sign(f->text, &f->pack, &f->secret);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	keyring_done(&f->ring);
	free(f);
	return 0;
}

static void
key_files_are_those_of_minisign(void **state)
{
	struct fixture *f = *state;
	struct public_key from_file, from_secret;
	char text[KEY_TEXT_SIZE], id[KEY_ID_SIZE];

	assert_int_equal(public_key_parse(&from_file, stock_public, strlen(stock_public)), 0);
	secret_key_public(&f->secret, &from_secret);
	assert_memory_equal(from_file.bytes, from_secret.bytes, sizeof(from_file.bytes));
	key_id_text(id, from_file.id);
	assert_string_equal(id, "123B9323FE6A7A67");
	public_key_write(text, &from_file);
	assert_string_equal(text, stock_public);
	assert_int_equal(secret_key_write(text, &f->secret, NULL), 0);
	assert_string_equal(text, stock_secret);
}

static void
packs_limit_is_read_and_written(void **state)
{
	static const char limited[] = "untrusted comment: our team packs: linux-*\n"
	                              "RWRnemr+I5M7Esj62BptN03s9od6Qt3/VnMl4jZGUf0LZtmMIj8Ae2gt\n";
	static const char empty[] = "untrusted comment: packs: \n"
	                            "RWRnemr+I5M7Esj62BptN03s9od6Qt3/VnMl4jZGUf0LZtmMIj8Ae2gt\n";
	struct fixture *f = *state;
	char text[KEY_TEXT_SIZE];
	struct public_key key;

	assert_int_equal(public_key_parse(&key, limited, strlen(limited)), 0);
	assert_string_equal(key.packs, "linux-*");
	public_key_write(text, &key);
	assert_non_null(strstr(text, "123B9323FE6A7A67 packs: linux-*\n"));
	assert_int_equal(public_key_parse(&key, empty, strlen(empty)), -EINVAL);

	strcpy(f->ring.keys[0].packs, "windows*");
	assert_int_equal(trust_verify(&f->pack, f->text, f->size, &f->ring, f->why), -1);
	assert_string_equal(f->why, "key 123B9323FE6A7A67 may only sign packs called windows*");
	strcpy(f->ring.keys[0].packs, "l*n?x");
	assert_int_equal(trust_verify(&f->pack, f->text, f->size, &f->ring, f->why), 0);
}

static void
bad_key_files_are_refused(void **state)
{
	struct public_key key;
	struct secret_key secret;
	size_t length = strlen(stock_public);

	(void)state;
	for (size_t cut = 0; cut + 1 < length; cut++)
		assert_int_equal(public_key_parse(&key, stock_public, cut), -EINVAL);
	assert_int_equal(public_key_parse(&key, stock_secret, strlen(stock_secret)), -EINVAL);
	assert_int_equal(secret_key_parse(&secret, stock_public, length, NULL), -EINVAL);
	assert_int_equal(public_key_parse(&key, "\0\0\0", 3), -EINVAL);
}

static void
good_signature_is_taken(void **state)
{
	struct fixture *f = *state;
	uint64_t id;

	assert_int_equal(trust_verify(&f->pack, f->text, f->size, &f->ring, f->why), 0);
	assert_int_equal(trust_signer(f->text, f->size, &id), 0);
	assert_true(id == f->secret.id);
}

static void
every_flipped_bit_of_the_text_is_refused(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < f->size; i++)
		for (int bit = 0; bit < 8; bit++) {
			f->text[i] ^= 1 << bit;
			f->why[0] = '\0';
			assert_int_equal(trust_verify(&f->pack, f->text, f->size, &f->ring, f->why), -1);
			assert_true(f->why[0] != '\0');
			f->text[i] ^= 1 << bit;
		}
}

static void
other_spellings_are_refused(void **state)
{
	struct fixture *f = *state;
	char longer[TRUST_TEXT_SIZE + 2];

	for (size_t size = 1; size < f->size; size++)
		assert_int_equal(trust_verify(&f->pack, f->text, size, &f->ring, f->why), -1);
	memcpy(longer, f->text, f->size);
	longer[f->size] = '\n';
	assert_int_equal(trust_verify(&f->pack, longer, f->size + 1, &f->ring, f->why), -1);
	memcpy(longer + 1, f->text, f->size);
	longer[0] = '\n';
	assert_int_equal(trust_verify(&f->pack, longer, f->size + 1, &f->ring, f->why), -1);
}

static void
changed_pack_is_refused(void **state)
{
	struct fixture *f = *state;
	struct signed_pack other = f->pack;

	other.serial++;
	assert_int_equal(trust_verify(&other, f->text, f->size, &f->ring, f->why), -1);
	assert_string_equal(f->why, "bytes do not match the signature");
	other = f->pack;
	other.data = "header and bodY";
	assert_int_equal(trust_verify(&other, f->text, f->size, &f->ring, f->why), -1);
	assert_string_equal(f->why, "bytes do not match the signature");
}

static void
refusal_says_what_to_do(void **state)
{
	struct fixture *f = *state;
	struct keyring none = {0};

	assert_int_equal(trust_verify(&f->pack, f->text, f->size, &none, f->why), -1);
	assert_string_equal(f->why, "made by key 123B9323FE6A7A67, which was not given");
	f->ring.keys[0].id = 0x11AA22BB33CC44DD;
	assert_int_equal(trust_verify(&f->pack, f->text, f->size, &f->ring, f->why), -1);
	assert_string_equal(f->why,
	                    "made by key 123B9323FE6A7A67, which was not given (have: 11AA22BB33CC44DD)");
	f->ring.place = "/etc/rsnl/keys.d";
	assert_int_equal(trust_verify(&f->pack, f->text, f->size, &f->ring, f->why), -1);
	assert_string_equal(f->why, "made by key 123B9323FE6A7A67, not in /etc/rsnl/keys.d; to trust it: cp NAME.pub "
	                            "/etc/rsnl/keys.d/");
	assert_int_equal(trust_verify(&f->pack, "", 0, &f->ring, f->why), -1);
	assert_non_null(strstr(f->why, "packs.unsigned: true"));
}

static void
password_guards_the_secret_key(void **state)
{
	struct fixture *f = *state;
	char text[KEY_TEXT_SIZE];
	struct secret_key key;
	int error = secret_key_write(text, &f->secret, "correct horse");

	if (error == -ENOMEM)
		skip();
	assert_int_equal(error, 0);
	assert_int_equal(secret_key_parse(&key, text, strlen(text), NULL), -EACCES);
	assert_int_equal(secret_key_parse(&key, text, strlen(text), "wrong"), -EPERM);
	assert_int_equal(secret_key_parse(&key, text, strlen(text), "correct horse"), 0);
	assert_memory_equal(key.bytes, f->secret.bytes, sizeof(key.bytes));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(key_files_are_those_of_minisign, setup, teardown),
		cmocka_unit_test_setup_teardown(packs_limit_is_read_and_written, setup, teardown),
		cmocka_unit_test_setup_teardown(bad_key_files_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(good_signature_is_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(every_flipped_bit_of_the_text_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(other_spellings_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(changed_pack_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(refusal_says_what_to_do, setup, teardown),
		cmocka_unit_test_setup_teardown(password_guards_the_secret_key, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
