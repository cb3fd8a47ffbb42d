/*
 * signature_windows.c - signature.h by WinVerifyTrust: the signature in the file, else that of a catalog which lists it.
 *
 * Revocation is what the system's cache knows: a scan waits for no network.
 */
#include "signature.h"

#include <errno.h>
#include <io.h>
#include <stdio.h>
#include <windows.h>

#include <bcrypt.h>
#include <mscat.h>
#include <softpub.h>
#include <wincrypt.h>
#include <wintrust.h>

#include "scan.h"

enum { PATH_SIZE = 32768, HASH_SIZE = 64 };

/* Since Windows 8; what mingw links does not have them. */
typedef BOOL WINAPI acquire_fn(HCATADMIN *admin, const GUID *subsystem, const wchar_t *algorithm,
                               const CERT_STRONG_SIGN_PARA *policy, DWORD flags);
typedef BOOL WINAPI hash_fn(HCATADMIN admin, HANDLE file, DWORD *size, BYTE *hash, DWORD flags);

struct check { /* of one file */
	HANDLE file;
	wchar_t *path;
	uint32_t *signature;
	char *signer;
	size_t size;
};

/* Whom the first signer's certificate names. */
static void
name_signer(const struct check *check, HANDLE state)
{
	CRYPT_PROVIDER_DATA *data = WTHelperProvDataFromStateData(state);
	CRYPT_PROVIDER_SGNR *signer = data ? WTHelperGetProvSignerFromChain(data, 0, FALSE, 0) : NULL;
	CRYPT_PROVIDER_CERT *certificate = signer ? WTHelperGetProvCertFromChain(signer, 0) : NULL;
	wchar_t name[128];

	if (!certificate || CertGetNameStringW(certificate->pCert, CERT_NAME_SIMPLE_DISPLAY_TYPE, 0, NULL, name, 128) < 2)
		return;
	if (!WideCharToMultiByte(CP_UTF8, 0, name, -1, check->signer, (int)check->size, NULL, NULL))
		check->signer[0] = 0;
}

static uint32_t
signature_of(LONG status)
{
	switch ((DWORD)status) {
	case ERROR_SUCCESS: return SCAN_VALID;
	case (DWORD)TRUST_E_NOSIGNATURE:
	case (DWORD)TRUST_E_SUBJECT_FORM_UNKNOWN:
	case (DWORD)TRUST_E_PROVIDER_UNKNOWN: return SCAN_UNSIGNED;
	case (DWORD)CERT_E_EXPIRED: return SCAN_EXPIRED;
	case (DWORD)CERT_E_REVOKED: return SCAN_REVOKED;
	}
	return SCAN_UNTRUSTED;
}

/* Asks about what data names (a file, or a member of a catalog). */
static uint32_t
verify(const struct check *check, WINTRUST_DATA *data)
{
	GUID action = WINTRUST_ACTION_GENERIC_VERIFY_V2;
	uint32_t signature;

	data->cbStruct = sizeof(*data);
	data->dwUIChoice = WTD_UI_NONE;
	data->fdwRevocationChecks = WTD_REVOKE_NONE;
	data->dwStateAction = WTD_STATEACTION_VERIFY;
	data->dwProvFlags = WTD_CACHE_ONLY_URL_RETRIEVAL;
	signature = signature_of(WinVerifyTrust(INVALID_HANDLE_VALUE, &action, data));
	if (signature != SCAN_UNSIGNED)
		name_signer(check, data->hWVTStateData);
	data->dwStateAction = WTD_STATEACTION_CLOSE;
	WinVerifyTrust(INVALID_HANDLE_VALUE, &action, data);
	return signature;
}

static uint32_t
verify_file(const struct check *check)
{
	WINTRUST_FILE_INFO file = {.cbStruct = sizeof(file), .pcwszFilePath = check->path, .hFile = check->file};
	WINTRUST_DATA data = {.dwUnionChoice = WTD_CHOICE_FILE, .pFile = &file};

	return verify(check, &data);
}

/* The hash under which catalogs list the file, as they name their members, too. */
static DWORD
member_name(const struct check *check, HCATADMIN admin, BYTE hash[HASH_SIZE], wchar_t name[2 * HASH_SIZE + 1])
{
	hash_fn *hash_file = (hash_fn *)(void *)GetProcAddress(GetModuleHandleW(L"wintrust.dll"),
	                                                       "CryptCATAdminCalcHashFromFileHandle2");
	DWORD size = HASH_SIZE;

	if (!hash_file || !hash_file(admin, check->file, &size, hash, 0))
		return 0;
	for (DWORD i = 0; i < size; i++)
		swprintf(name + 2 * i, 3, L"%02X", hash[i]);
	return size;
}

static uint32_t
verify_member(const struct check *check, HCATADMIN admin)
{
	CATALOG_INFO catalog = {.cbStruct = sizeof(catalog)};
	BYTE hash[HASH_SIZE];
	wchar_t name[2 * HASH_SIZE + 1];
	DWORD size = member_name(check, admin, hash, name);
	HCATINFO found = size ? CryptCATAdminEnumCatalogFromHash(admin, hash, size, 0, NULL) : NULL;
	uint32_t signature = size ? SCAN_UNSIGNED : SCAN_SIGNATURE_UNKNOWN;

	if (found && CryptCATCatalogInfoFromContext(found, &catalog, 0)) {
		WINTRUST_CATALOG_INFO member = {.cbStruct = sizeof(member), .pcwszCatalogFilePath = catalog.wszCatalogFile,
			.pcwszMemberTag = name, .pcwszMemberFilePath = check->path, .hMemberFile = check->file,
			.pbCalculatedFileHash = hash, .cbCalculatedFileHash = size};
		WINTRUST_DATA data = {.dwUnionChoice = WTD_CHOICE_CATALOG, .pCatalog = &member};

		signature = verify(check, &data);
	}
	if (found)
		CryptCATAdminReleaseCatalogContext(admin, found, 0);
	return signature;
}

static uint32_t
verify_in_catalogs(const struct check *check)
{
	acquire_fn *acquire = (acquire_fn *)(void *)GetProcAddress(GetModuleHandleW(L"wintrust.dll"),
	                                                           "CryptCATAdminAcquireContext2");
	HCATADMIN admin;
	uint32_t signature;

	if (!acquire || !acquire(&admin, NULL, BCRYPT_SHA256_ALGORITHM, NULL, 0))
		return SCAN_SIGNATURE_UNKNOWN;
	signature = verify_member(check, admin);
	CryptCATAdminReleaseContext(admin, 0);
	return signature;
}

int
signature_read(int fd, uint32_t *signature, char *signer, size_t size)
{
	static wchar_t path[PATH_SIZE];
	const struct check check = {(HANDLE)_get_osfhandle(fd), path, signature, signer, size};

	signer[0] = 0;
	if (!GetFinalPathNameByHandleW(check.file, path, PATH_SIZE, 0))
		return -EIO;
	*signature = verify_file(&check);
	if (*signature == SCAN_UNSIGNED)
		*signature = verify_in_catalogs(&check);
	return *signature == SCAN_SIGNATURE_UNKNOWN ? -EIO : 0;
}
