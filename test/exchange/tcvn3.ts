const CODES = [..."µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00ADõö÷øùúûüýþ¡¢£¤¥¦§"];
const LETTERS = [..."àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵĂÂÊÔƠƯĐ"];

/** The text as its TCVN3 codes look in windows-1252; a toned capital gets the small letter's code, as it has none of its own. */
export function encodeTcvn3(text: string): string {
  return [...text.normalize("NFC")]
    .map((letter) => CODES[LETTERS.indexOf(letter)] ?? CODES[LETTERS.indexOf(letter.toLowerCase())] ?? letter)
    .join("");
}

/** The text in TCVN3 as the bytes of a file of its time. */
export function bytesOfTcvn3(text: string): Uint8Array {
  return Uint8Array.from([...encodeTcvn3(text)], (letter) => letter.charCodeAt(0));
}
