/* Calls the Windows spooler as pywin32's win32print does, told by lines on standard input.
 *
 * One line asks for one call: the function's name and its arguments, parted by single blanks. Texts and bytes are
 * hexadecimal (texts UTF-8), "-" is NULL, numbers and handles are decimal. One line of JSON answers:
 *
 *     OpenPrinter 58502d3830            {"value": 1441792}
 *     OpenPrinter 6e6f6e65              {"error": [1801, "OpenPrinter", "The printer name is invalid."]}
 *
 * The calls, their arguments and the order of size question and answer are those of win32print.cpp of pywin32
 * (https://github.com/mhammond/pywin32, win32/src/win32print/win32print.cpp), which is built for wide characters;
 * errors carry GetLastError(), the name win32print gives and the system's message, as pywintypes.error does.
 *
 *     x86_64-w64-mingw32-gcc -O1 -Wall -Wextra -Werror -o winspool_bridge.exe winspool_bridge.c -lwinspool
 */

#include <windows.h>
#include <winspool.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES_MAX (4u << 20)
#define WORDS_MAX 6

static char line[LINE_BYTES_MAX];
static char *words[WORDS_MAX];

/* -- words of a request ------------------------------------------------------------------------------------ */

static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return (digit | 32) - 'a' + 10;
}

/* Turns a word into bytes, in place; gives their number. */
static DWORD bytes_of(char *word)
{
    DWORD count = (DWORD)strlen(word) / 2;
    for (DWORD at = 0; at < count; at++)
        word[at] = (char)(hex_digit(word[2 * at]) << 4 | hex_digit(word[2 * at + 1]));
    return count;
}

/* The text of a word, NULL for "-"; lives until the program ends, for a job knows its title by the pointer. */
static WCHAR *text_of(char *word)
{
    if (strcmp(word, "-") == 0)
        return NULL;
    int bytes = (int)bytes_of(word);
    int count = MultiByteToWideChar(CP_UTF8, 0, word, bytes, NULL, 0);
    WCHAR *text = calloc((size_t)count + 1, sizeof *text);
    MultiByteToWideChar(CP_UTF8, 0, word, bytes, text, count);
    return text;
}

static DWORD number_of(const char *word)
{
    return (DWORD)strtoul(word, NULL, 10);
}

static HANDLE handle_of(const char *word)
{
    return (HANDLE)(ULONG_PTR)strtoull(word, NULL, 10);
}

/* -- answers ----------------------------------------------------------------------------------------------- */

static void put_text(const WCHAR *text)
{
    if (text == NULL) {
        fputs("null", stdout);
        return;
    }
    putchar('"');
    for (; *text; text++) {
        if (*text < 32 || *text > 126 || *text == '"' || *text == '\\')
            printf("\\u%04x", *text);
        else
            putchar(*text);
    }
    putchar('"');
}

static void put_field(const char *name, const WCHAR *text)
{
    printf("\"%s\": ", name);
    put_text(text);
    fputs(", ", stdout);
}

/* The fields of PRINTER_INFO_2 that are texts or numbers, by the names win32print gives them. */
static void put_printer(const PRINTER_INFO_2W *printer)
{
    putchar('{');
    put_field("pServerName", printer->pServerName);
    put_field("pPrinterName", printer->pPrinterName);
    put_field("pShareName", printer->pShareName);
    put_field("pPortName", printer->pPortName);
    put_field("pDriverName", printer->pDriverName);
    put_field("pComment", printer->pComment);
    put_field("pLocation", printer->pLocation);
    put_field("pSepFile", printer->pSepFile);
    put_field("pPrintProcessor", printer->pPrintProcessor);
    put_field("pDatatype", printer->pDatatype);
    put_field("pParameters", printer->pParameters);
    printf("\"Attributes\": %lu, \"Priority\": %lu, \"DefaultPriority\": %lu, ", printer->Attributes, printer->Priority,
           printer->DefaultPriority);
    printf("\"StartTime\": %lu, \"UntilTime\": %lu, \"Status\": %lu, ", printer->StartTime, printer->UntilTime,
           printer->Status);
    printf("\"cJobs\": %lu, \"AveragePPM\": %lu}", printer->cJobs, printer->AveragePPM);
}

static void answer_number(unsigned long long number)
{
    printf("{\"value\": %llu}\n", number);
}

/* As PyWin_SetAPIError: the last error, its function and the system's words without the line end. */
static void answer_error(const char *function)
{
    DWORD code = GetLastError();
    WCHAR message[512] = L"";
    DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, code, 0, message,
                                  512, NULL);
    while (length > 0 && message[length - 1] <= L' ')
        message[--length] = 0;
    printf("{\"error\": [%lu, \"%s\", ", code, function);
    put_text(length > 0 ? message : L"No error message is available");
    fputs("]}\n", stdout);
}

static void answer_success(const char *function, BOOL is_done)
{
    if (is_done)
        puts("{\"value\": null}");
    else
        answer_error(function);
}

/* -- calls ------------------------------------------------------------------------------------------------- */

static void open_printer(void)
{
    HANDLE printer = NULL;
    if (OpenPrinterW(text_of(words[1]), &printer, NULL))
        answer_number((ULONG_PTR)printer);
    else
        answer_error("OpenPrinter");
}

static void get_printer(void)
{
    HANDLE printer = handle_of(words[1]);
    DWORD needed = 0;
    GetPrinterW(printer, 2, NULL, 0, &needed);
    if (GetLastError() != ERROR_INSUFFICIENT_BUFFER) {
        answer_error("GetPrinter");
        return;
    }
    BYTE *buffer = malloc(needed);
    if (GetPrinterW(printer, 2, buffer, needed, &needed)) {
        fputs("{\"value\": ", stdout);
        put_printer((PRINTER_INFO_2W *)buffer);
        puts("}");
    } else {
        answer_error("GetPrinter");
    }
    free(buffer);
}

static void enum_printers(void)
{
    DWORD flags = number_of(words[1]), needed = 0, count = 0;
    WCHAR *name = text_of(words[2]);
    if (EnumPrintersW(flags, name, 2, NULL, 0, &needed, &count)) {
        puts("{\"value\": []}"); /* success without a buffer: there is nothing to list */
        return;
    }
    if (GetLastError() != ERROR_INSUFFICIENT_BUFFER) {
        answer_error("EnumPrinters");
        return;
    }
    BYTE *buffer = malloc(needed);
    if (EnumPrintersW(flags, name, 2, buffer, needed, &needed, &count)) {
        fputs("{\"value\": [", stdout);
        for (DWORD at = 0; at < count; at++) {
            fputs(at ? ", " : "", stdout);
            put_printer((PRINTER_INFO_2W *)buffer + at);
        }
        puts("]}");
    } else {
        answer_error("EnumPrinters");
    }
    free(buffer);
}

static void start_doc(void)
{
    DOC_INFO_1W info = {text_of(words[2]), text_of(words[3]), text_of(words[4])};
    DWORD job = StartDocPrinterW(handle_of(words[1]), 1, (BYTE *)&info);
    if (job > 0)
        answer_number(job);
    else
        answer_error("StartDocPrinter");
}

static void write_printer(void)
{
    DWORD taken = 0, count = bytes_of(words[2]);
    if (WritePrinter(handle_of(words[1]), words[2], count, &taken))
        answer_number(taken);
    else
        answer_error("WritePrinter");
}

/* The functions that take a handle and give success or failure. */
static const struct {
    const char *name;
    BOOL(WINAPI *call)(HANDLE);
} plain[] = {
    {"ClosePrinter", ClosePrinter},         {"StartPagePrinter", StartPagePrinter},
    {"EndPagePrinter", EndPagePrinter},     {"EndDocPrinter", EndDocPrinter},
    {"AbortPrinter", AbortPrinter},
};

/* The functions that take more, and how many words a request for them has. */
static const struct {
    const char *name;
    int words;
    void (*call)(void);
} special[] = {
    {"OpenPrinter", 2, open_printer}, {"GetPrinter", 2, get_printer},     {"EnumPrinters", 3, enum_printers},
    {"StartDocPrinter", 5, start_doc}, {"WritePrinter", 3, write_printer},
};

static int split_words(void)
{
    int count = 0;
    for (char *word = strtok(line, " \r\n"); word != NULL && count < WORDS_MAX; word = strtok(NULL, " \r\n"))
        words[count++] = word;
    return count;
}

static void serve(int count)
{
    /* As win32print does not: a call that fails without a code must not show the code of the call before. */
    SetLastError(0);
    for (size_t at = 0; at < sizeof special / sizeof *special; at++) {
        if (strcmp(words[0], special[at].name) == 0 && count == special[at].words) {
            special[at].call();
            return;
        }
    }
    for (size_t at = 0; at < sizeof plain / sizeof *plain; at++) {
        if (strcmp(words[0], plain[at].name) == 0 && count == 2) {
            answer_success(plain[at].name, plain[at].call(handle_of(words[1])));
            return;
        }
    }
    printf("{\"refused\": \"%s with %d words\"}\n", words[0], count);
}

int main(void)
{
    while (fgets(line, sizeof line, stdin) != NULL) {
        int count = split_words();
        if (count == 0)
            continue;
        serve(count);
        fflush(stdout);
    }
    return 0;
}
